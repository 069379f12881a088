import * as tf from '@tensorflow/tfjs-core';

/** Runs a computation on tensors of one shape, reshaped to `[rows, n]`, where n is the size of the axis. */
export function alongAxis(
  tensors: readonly tf.Tensor[],
  axis: number,
  compute: (rows: readonly tf.Tensor[]) => tf.Tensor,
): tf.Tensor {
  const { shape, rank, size } = tensors[0]!;
  const at = axis < 0 ? axis + rank : axis;
  const order = [...[...shape.keys()].filter((other) => other !== at), at];
  const n = shape[at]!;
  const back = [...order.keys()].map((other) => order.indexOf(other));
  const rows = tensors.map((x) => tf.reshape(tf.transpose(x, order), [n === 0 ? 0 : size / n, n]));
  const ordered = order.map((other) => shape[other]!);
  return tf.transpose(tf.reshape(compute(rows), ordered), back);
}
