import { getKernel, GatherV2, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { indexOutOfRange } from './index-out-of-range.ts';

const outside = /^GatherV2: the index value (\S+) is not in \[0, (-?\d+)\]$/;
const named = new Set<string>();

/** Makes `gather` of a stock device throw our error for an index out of range. A second call has no effect. */
export function nameGatherBounds(backendName: 'cpu' | 'wasm'): void {
  if (named.has(backendName)) return;
  named.add(backendName);
  const stock = getKernel(GatherV2, backendName);
  unregisterKernel(GatherV2, backendName);
  registerKernel({
    ...stock,
    kernelFunc: (call) => {
      try {
        return stock.kernelFunc(call);
      } catch (error) {
        const [, index, last] = outside.exec((error as Error).message) ?? [];
        throw index === undefined ? error : indexOutOfRange(index, Number(last) + 1);
      }
    },
  });
}
