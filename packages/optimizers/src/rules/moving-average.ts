import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** `decay * average + (1 - decay) * value`. */
export function movingAverage(average: Tensor, value: Tensor, decay: number): Tensor {
  return tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay));
}

/**
 * What a moving average that began at zero has seen after `count` values: `1 - decay^count`.
 *
 * In float32 the plain formula loses four digits for a decay of 0.999; `-expm1(count * ln(decay))` loses none.
 */
export function biasCorrection(count: Tensor, decay: number): Tensor {
  return tf.neg(tf.expm1(tf.mul(count, Math.log(decay))));
}
