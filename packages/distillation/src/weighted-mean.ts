import * as tf from '@tensorflow/tfjs-core';

/** `sum(weight * value) / sum(weight)`, and 0 if all weights are 0. Weights of rows count for all their places. */
export function weightedMean(values: tf.Tensor, weights: tf.Tensor | undefined): tf.Scalar {
  if (weights === undefined) return tf.mean(values);
  const missing = Array<number>(values.rank - weights.rank).fill(1);
  const factors = tf.mul(tf.reshape(weights, [...weights.shape, ...missing]), tf.onesLike(values));
  const total = tf.sum(factors);
  // A padding row may hold NaN, which a factor of 0 would keep.
  const counted = tf.where(tf.notEqual(factors, 0), tf.mul(values, factors), tf.zerosLike(values));
  return tf.div(tf.sum(counted), tf.where(tf.equal(total, 0), tf.onesLike(total), total));
}
