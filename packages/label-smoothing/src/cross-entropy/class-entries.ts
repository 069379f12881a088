import * as tf from '@tensorflow/tfjs-core';
import type { PerClass } from '../smoothing/per-class.ts';

/** The position in `[N, K]` of each row's true class. */
export interface ClassEntries {
  /** `[N]`, all within [0, K). */
  readonly classes: tf.Tensor;
  /** `[N, 2]`: row and class. */
  readonly positions: tf.Tensor;
  /** Rows whose index is out of range, as bool `[N]`. */
  readonly outside: tf.Tensor;
}

/**
 * Computes the positions of class indices, without a one-hot matrix.
 *
 * An op numbers the rows, so the host creates no large array. TensorFlow's CPU kernels fail for an index out of
 * range. So such an index is moved into the range and marked in `outside`.
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

/** Selects the number of each row's true class: `[N]` from `[K]`. A number for all classes is returned unchanged. */
export function ofOwnClass(values: PerClass, { classes }: Pick<ClassEntries, 'classes'>): PerClass {
  // tf.gather would download the indices to check their range.
  if (typeof values === 'number' || values.rank === 0) return values;
  return tf.gatherND(values, tf.expandDims(classes, 1));
}
