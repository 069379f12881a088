import * as tf from '@tensorflow/tfjs-core';

/** Adds up what flows back to a tensor of this shape that was broadcast, so that it has that shape again. */
export function unbroadcast(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const added = dy.rank - shape.length;
  // Not tfjs-core's own `getReductionAxes`, which passes over an axis of one that became none.
  const axes = [...dy.shape.keys()].filter((at) => at < added || shape[at - added] !== dy.shape[at]);
  const sum = axes.length === 0 ? dy : tf.sum(dy, axes);
  return tf.reshape(sum, [...shape]);
}
