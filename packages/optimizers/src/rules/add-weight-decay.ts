import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** The gradient of the loss with `weightDecay / 2 * |parameter|^2` added to it: `gradient + weightDecay * parameter`. */
export function addWeightDecay(gradient: Tensor, parameter: Tensor, weightDecay: number | Scalar): Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
}
