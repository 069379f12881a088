import * as tf from '@tensorflow/tfjs-core';

/** Multiplies an axis of size n by a matrix `[m, n]`, so that it has the size m. */
export function contractAxis(x: tf.Tensor, axis: number, matrix: tf.Tensor2D): tf.Tensor {
  const n = x.shape[axis]!;
  const others = [...x.shape.keys()].filter((at) => at !== axis);
  const order = [axis, ...others];
  const rows = tf.reshape(tf.transpose(x, order), [n, x.size / n]) as tf.Tensor2D;
  const product = tf.matMul(matrix, rows);
  const shape = [matrix.shape[0], ...others.map((at) => x.shape[at]!)];
  const back = [...order.keys()].map((at) => order.indexOf(at));
  return tf.transpose(tf.reshape(product, shape), back);
}
