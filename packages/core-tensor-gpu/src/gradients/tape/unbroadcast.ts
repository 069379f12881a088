import * as tf from '@tensorflow/tfjs-core';

/** Sums a gradient to the shape of the tensor that was broadcast. */
export function unbroadcast(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const added = dy.rank - shape.length;
  // tfjs-core's `getReductionAxes` ignores an axis of size 1 that became 0.
  const axes = [...dy.shape.keys()].filter((at) => at < added || shape[at - added] !== dy.shape[at]);
  const sum = axes.length === 0 ? dy : tf.sum(dy, axes);
  return tf.reshape(sum, [...shape]);
}
