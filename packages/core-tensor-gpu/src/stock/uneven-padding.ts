import { CantripError } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from './stock-backend.ts';

/**
 * Refuses a padding that is one number beside strides or windows that differ: TensorFlow.js computes the size of both axes
 * from the first, so that the kernels read and leave memory that is not theirs.
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
      what: `has no padding of ${pad} for strides ${JSON.stringify(strides)} and a window of ${JSON.stringify(window)}, because TensorFlow.js takes the first of them for both axes`,
      fix: "Pad with tf.pad first, and then ask for 'valid'",
    });
  }
  return stock({ inputs, attrs: attrs as tf.NamedAttrMap, backend: backend as object }) as tf.TensorInfo;
}

function differ(pair: unknown): boolean {
  return Array.isArray(pair) && pair[0] !== pair[1];
}
