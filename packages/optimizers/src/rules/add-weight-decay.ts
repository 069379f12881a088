import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** Adds the gradient of `weightDecay / 2 * |parameter|^2`: `gradient + weightDecay * parameter`. */
export function addWeightDecay(gradient: Tensor, parameter: Tensor, weightDecay: number | Scalar): Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
}
