import { atLeast, atMost, type Check, checkArgument, floatScalarCheck, numberIn } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

/** The share of an example in its mixture, in [0, 1]: a number, or a float32 scalar of the step. */
export type Share = number | tf.Scalar;

const inUnit: Check<number> = numberIn(atLeast(0), atMost(1));

/** @throws CantripError OPTION_INVALID for a number outside [0, 1]. The value of a tensor is not read. */
export function checkShare(who: string, share: Share): void {
  if (share instanceof tf.Tensor) checkArgument(who, 'share', floatScalarCheck, share);
  else checkArgument(who, 'share', inUnit, share);
}
