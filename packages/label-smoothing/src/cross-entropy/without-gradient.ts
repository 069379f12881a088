import * as tf from '@tensorflow/tfjs-core';

/** `fn(tensor)` as a constant: a comparison has no gradient in TensorFlow.js, not even 0, and asking for one throws. */
export function withoutGradient(tensor: tf.Tensor, fn: (tensor: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.customGrad((given) => ({
    value: fn(given as tf.Tensor),
    gradFunc: () => [tf.zerosLike(tensor)],
  }))(tensor);
}
