import type { Scalar } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Multiplies a loss: `strength * loss`.
 *
 * This is the trick itself: a pure function on tensors that works in any training loop.
 *
 * @param loss - a scalar
 * @param strength - any finite number; 1 changes nothing
 * @returns a scalar, which the caller disposes
 * @example
 * ```ts
 * applyTrickName(tf.scalar(2), 0.5); // 1
 * ```
 */
export function applyTrickName(loss: Scalar, strength: number): Scalar {
  return tf.mul(loss, strength);
}
