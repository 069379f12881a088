import { atLeast, atMost, type Check, checkArgument, floatTensorCheck, numberIn } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

/** A float32 scalar for the whole batch, or `[batch]` with a number for each example. */
export type OneOrEach = tf.Scalar | tf.Tensor1D;

/** The share of an example in its mixture, in [0, 1]: a number for the whole batch, or a float32 tensor of the step. */
export type Share = number | OneOrEach;

const inUnit: Check<number> = numberIn(atLeast(0), atMost(1));

/** Accepts a float32 scalar, or a float32 tensor with one axis. */
export const oneOrEachCheck: Check<OneOrEach> = (value) =>
  floatTensorCheck(value) ??
  ((value as tf.Tensor).shape.length <= 1
    ? undefined
    : 'must be a float32 scalar, or one number for each example');

/**
 * @param rows - the number of examples
 * @throws CantripError OPTION_INVALID for a number outside [0, 1], or a tensor of another shape. The value of a tensor
 *   is not read.
 */
export function checkShare(who: string, share: Share, rows?: number): void {
  if (!(share instanceof tf.Tensor)) return checkArgument(who, 'share', inUnit, share);
  const fits: Check<OneOrEach> = (value) =>
    oneOrEachCheck(value) ??
    (share.rank === 0 || rows === undefined || share.size === rows
      ? undefined
      : `must be a scalar or [${rows}], one number for each example`);
  checkArgument(who, 'share', fits, share);
}

/** A number for each example is reshaped to `rank` axes, so it is broadcast along the other axes. */
export function alongExamples(share: number | tf.Tensor, rank: number): number | tf.Tensor {
  if (typeof share === 'number' || share.rank !== 1 || rank < 2) return share;
  return tf.reshape(share, [-1, ...Array<number>(rank - 1).fill(1)]);
}
