import type { Scalar } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { codes } from './error-codes.ts';

/**
 * Multiplies a loss: `strength * loss`.
 *
 * This is the trick itself: a pure function on tensors that works in any training loop.
 *
 * @param loss - a scalar
 * @param strength - any finite number; 1 changes nothing
 * @returns a scalar, which the caller disposes
 * @throws CantripError TRICK_NAME_NO_SCALAR
 * @example
 * ```ts
 * applyTrickName(tf.scalar(2), 0.5); // 1
 * ```
 */
export function applyTrickName(loss: Scalar, strength: number): Scalar {
  if (loss.rank !== 0) {
    throw new CantripError(codes.TRICK_NAME_NO_SCALAR, {
      who: 'trick-name',
      what: `the loss must be a scalar, got shape [${(loss as tf.Tensor).shape.join(', ')}]`,
      fix: 'Take the mean first',
    });
  }
  return tf.mul(loss, strength);
}
