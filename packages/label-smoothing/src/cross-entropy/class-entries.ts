import * as tf from '@tensorflow/tfjs-core';
import type { PerClass } from '../smoothing/per-class.ts';

/** Where the entry of each row's own class stands in `[N, K]`, and what is known of the indices. */
export interface ClassEntries {
  /** `[N]`, all within [0, K). */
  readonly classes: tf.Tensor;
  /** `[N, 2]`: row and class. */
  readonly positions: tf.Tensor;
  /** Rows whose index is out of range, as bool `[N]`. */
  readonly outside: tf.Tensor;
}

/**
 * Finds the entries that class indices name, without a matrix of ones and zeros.
 *
 * The rows are numbered by an op, so that nothing large is made on the host. An index out of range is put within it,
 * for TensorFlow's CPU kernels stop at one, and reported in `outside`.
 */
export function classEntries(indices: tf.Tensor, classes: number): ClassEntries {
  const within = tf.minimum(tf.maximum(indices, tf.scalar(0, 'int32')), tf.scalar(classes - 1, 'int32'));
  const rows = tf.range(0, indices.size, 1, 'int32');
  return {
    classes: within,
    positions: tf.stack([rows, within], 1),
    outside: tf.notEqual(indices, within),
  };
}

/** The number that belongs to each row's own class: `[N]` of `[K]`; a number for all stays one. */
export function ofOwnClass(values: PerClass, { classes }: Pick<ClassEntries, 'classes'>): PerClass {
  // tf.gather would read the indices on the host, where it looks for those out of range.
  if (typeof values === 'number' || values.rank === 0) return values;
  return tf.gatherND(values, tf.expandDims(classes, 1));
}
