import { CantripError } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from './stock-backend.ts';

/**
 * Refuses one number as padding if the strides or windows of the two axes differ. TensorFlow.js computes both output
 * sizes from the first axis, so the kernels would read and write foreign memory.
 *
 * @throws CantripError OPTION_INVALID
 */
export function refuseUnevenPadding(
  kernel: string,
  { inputs, attrs, backend }: StockCall,
  stock: tf.KernelFunc,
): tf.TensorInfo {
  const { pad, strides, filterSize } = attrs;
  const window = filterSize ?? inputs['filter']?.shape.slice(0, 2);
  if (typeof pad === 'number' && (differ(strides) || differ(window))) {
    throw new CantripError('OPTION_INVALID', {
      who: kernel,
      what: `does not support a padding of ${pad} with strides ${JSON.stringify(strides)} and a window of ${JSON.stringify(window)}, because TensorFlow.js uses the first of them for both axes`,
      fix: "Pad with tf.pad first, and then use 'valid'",
    });
  }
  return stock({ inputs, attrs: attrs as tf.NamedAttrMap, backend: backend as object }) as tf.TensorInfo;
}

function differ(pair: unknown): boolean {
  return Array.isArray(pair) && pair[0] !== pair[1];
}
