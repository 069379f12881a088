import * as tf from '@tensorflow/tfjs-core';

/**
 * Computes `fn(tensor)` with a gradient of 0. A comparison has no gradient in TensorFlow.js; without this, the
 * gradient would throw an error.
 */
export function withoutGradient(tensor: tf.Tensor, fn: (tensor: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.customGrad((given) => ({
    value: fn(given as tf.Tensor),
    gradFunc: () => [tf.zerosLike(tensor)],
  }))(tensor);
}
