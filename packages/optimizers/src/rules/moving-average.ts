import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** `decay * average + (1 - decay) * value`. */
export function movingAverage(average: Tensor, value: Tensor, decay: number | Scalar): Tensor {
  const rest = typeof decay === 'number' ? 1 - decay : tf.sub(1, decay);
  return tf.add(tf.mul(average, decay), tf.mul(value, rest));
}

/**
 * The sum of the weights of a moving average that started at zero, after `count` values: `1 - decay^count`.
 *
 * In float32 the plain formula loses four digits for a decay of 0.999. `-expm1(count * ln(decay))` loses none.
 */
export function biasCorrection(count: Tensor, decay: number | Scalar): Tensor {
  const logarithm = typeof decay === 'number' ? Math.log(decay) : tf.log(decay);
  return tf.neg(tf.expm1(tf.mul(count, logarithm)));
}
