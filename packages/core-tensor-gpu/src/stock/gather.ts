import * as tf from '@tensorflow/tfjs-core';
import { indexOutOfRange } from '../device/index-out-of-range.ts';
import { compute, type StockCall } from './stock-backend.ts';

/**
 * `gather` with batch axes. The stock wasm kernel reads wrong memory if another axis is in between, or if there are
 * two batch axes.
 */
export function gatherInBatches(call: StockCall): tf.TensorInfo {
  const { x, indices } = call.inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
  const { axis, batchDims } = call.attrs as unknown as tf.GatherV2Attrs;
  const at = axis < 0 ? axis + x.shape.length : axis;
  const common = batchDims < 0 ? batchDims + indices.shape.length : batchDims;
  const product = (from: number, to?: number): number => tf.util.sizeFromShape(x.shape.slice(from, to));
  const [batch, outer, size, inner] = [
    product(0, common),
    product(common, at),
    x.shape[at]!,
    product(at + 1),
  ];
  const picked = tf.util.sizeFromShape(indices.shape) / batch;
  const shape = [...x.shape.slice(0, at), ...indices.shape.slice(common), ...x.shape.slice(at + 1)];
  return compute(call, [x, indices], shape, (result, values, places) => {
    let target = 0;
    for (let i = 0; i < batch * outer; i++) {
      const group = Math.floor(i / outer);
      for (let j = 0; j < picked; j++, target += inner) {
        const index = places![group * picked + j]!;
        if (index < 0 || index >= size) throw indexOutOfRange(String(index), size);
        const source = (i * size + index) * inner;
        result.set(values!.subarray(source, source + inner), target);
      }
    }
  });
}
