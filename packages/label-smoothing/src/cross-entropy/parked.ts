import type * as tf from '@tensorflow/tfjs-core';
import type { PerClass } from '../smoothing/per-class.ts';

/**
 * Splits factors into the tensors, which a gradient function must `save`, and a way to have all of them back: a tensor
 * that a gradient function closes over may be gone when it is called.
 */
export function park<const Factors extends readonly PerClass[]>(
  factors: Factors,
): { readonly tensors: tf.Tensor[]; back(saved: readonly tf.Tensor[]): { [K in keyof Factors]: PerClass } } {
  const tensors = factors.filter((factor) => typeof factor !== 'number');
  return {
    tensors,
    back(saved) {
      const rest = [...saved];
      return factors.map((factor) => (typeof factor === 'number' ? factor : rest.shift()!)) as {
        [K in keyof Factors]: PerClass;
      };
    },
  };
}
