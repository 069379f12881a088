import * as tf from '@tensorflow/tfjs-core';

/**
 * Puts `step - 1` zeros between the values along an axis: `[a, b, c]` with step 2 becomes `[a, 0, b, 0, c]`.
 */
export function spread(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const n = x.shape[axis]!;
  if (step === 1 || n <= 1) return x;
  const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1));
  const padded = tf.pad(tf.reshape(x, [outer, n, inner]), [
    [0, 0],
    [0, 0],
    [0, inner * (step - 1)],
  ]);
  const length = (n - 1) * step + 1;
  const cut = tf.slice(tf.reshape(padded, [outer, n * step, inner]), [0, 0, 0], [outer, length, inner]);
  return tf.reshape(cut, [...x.shape.slice(0, axis), length, ...x.shape.slice(axis + 1)]);
}

/** Every step-th value along an axis: the transpose of {@link spread}. */
export function gatherSpread(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  if (step === 1) return x;
  const strides = x.shape.map((_, at) => (at === axis ? step : 1));
  return tf.stridedSlice(
    x,
    x.shape.map(() => 0),
    x.shape,
    strides,
  );
}
