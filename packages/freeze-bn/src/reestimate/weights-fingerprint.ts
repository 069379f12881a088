import * as tf from '@tensorflow/tfjs-core';

/**
 * A text that is the same for the same weights, and another one after a change that statistics could show. It is made
 * of two sums for each variable, one of them weighted by place, so that only these are downloaded.
 */
export async function weightsFingerprint(variables: readonly tf.Tensor[]): Promise<string> {
  if (variables.length === 0) return '';
  const sums = tf.tidy(() => tf.stack(variables.flatMap(sumsOf)));
  try {
    return (await sums.data()).join(' ');
  } finally {
    sums.dispose();
  }
}

function sumsOf(variable: tf.Tensor): tf.Tensor[] {
  const values = tf.cast(tf.reshape(variable, [-1]), 'float32');
  const places = tf.cos(tf.range(0, values.size));
  return [tf.sum(tf.mul(values, places)), tf.sum(tf.square(values))];
}
