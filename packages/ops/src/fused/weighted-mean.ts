import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { requireTensor } from './require-tensor.ts';

/**
 * Computes the mean of values by their weights.
 *
 * `sum(weight * value) / sum(weight)`; it is 0 if all weights are 0. A value of weight 0 does not count, even if it is NaN.
 *
 * @param values - float32 of any shape
 * @param weights - constants, float32 in the shape of the values, or of their first axes: a weight of a row counts for all values of the
 *   row. By default all weights are 1
 * @returns a scalar, which the caller disposes
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 * @example
 * ```ts
 * weightedMean(tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 0, 3])); // 2.5
 * ```
 */
export function weightedMean(values: tf.Tensor, weights?: tf.Tensor): tf.Scalar {
  requireTensor('weightedMean', 'values', values);
  if (weights === undefined) return tf.mean(values);
  requireTensor('weightedMean', 'weights', weights);
  requireFirstAxes(values.shape, weights.shape);
  return tf.tidy(() => {
    const missing = Array<number>(values.rank - weights.rank).fill(1);
    const factors = tf.mul(tf.reshape(weights, [...weights.shape, ...missing]), tf.ones(values.shape));
    const total = tf.sum(factors);
    // A padding row may hold NaN, which a factor of 0 would keep.
    const counted = tf.where(tf.notEqual(factors, 0), tf.mul(values, factors), tf.zerosLike(values));
    return tf.div(tf.sum(counted), tf.where(tf.equal(total, 0), tf.onesLike(total), total));
  });
}

function requireFirstAxes(values: readonly number[], weights: readonly number[]): void {
  if (weights.length <= values.length && weights.every((size, axis) => size === values[axis])) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'weightedMean',
    what: `weights must have the first axes of the values [${values.join(', ')}], got shape [${weights.join(', ')}]`,
    fix: 'Pass one weight for each row, or one for each value',
  });
}
