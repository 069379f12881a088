import type * as tf from '@tensorflow/tfjs-core';
import type { PerClass } from '../smoothing/per-class.ts';

/**
 * Splits factors into the tensors that a gradient function must `save`, and a function that restores all factors.
 *
 * A gradient function must not use a tensor from outside: the tensor may be disposed before the function is called.
 */
export function factorsToSave<const Factors extends readonly PerClass[]>(
  factors: Factors,
): {
  readonly tensors: tf.Tensor[];
  restore(saved: readonly tf.Tensor[]): { [K in keyof Factors]: PerClass };
} {
  const tensors = factors.filter((factor) => typeof factor !== 'number');
  return {
    tensors,
    restore(saved) {
      const rest = [...saved];
      return factors.map((factor) => (typeof factor === 'number' ? factor : rest.shift()!)) as {
        [K in keyof Factors]: PerClass;
      };
    },
  };
}
