import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';

/**
 * A figure as sum and weight. Its value is `sum / weight`, and 0 if the weight is 0. Sums and weights of several
 * batches are added, so the total does not depend on how the examples were split into batches.
 */
export interface Measured {
  readonly sum: tf.Scalar;
  /** The number that the sum is divided by. It is a plain number if it follows from shapes alone. */
  readonly weight: tf.Scalar | number;
}

/** Converts a weight to a float32 scalar. */
export const asScalar = (value: tf.Scalar | number): tf.Scalar =>
  typeof value === 'number' ? tf.scalar(value) : tf.cast(value, 'float32');

/** Returns `sum / weight`. If the weight is 0, the result and its gradient are 0. */
export function quotient({ sum, weight }: Measured): tf.Scalar {
  if (typeof weight === 'number') return tf.div(sum, weight === 0 ? Infinity : weight);
  return tf.div(sum, endlessWhereZero(weight));
}

/** Comparisons have no gradient in TensorFlow.js, not even 0, but the weight may depend on a trained variable. */
function endlessWhereZero(weight: tf.Scalar): tf.Tensor {
  return tf.customGrad((given) => ({
    value: tf.where(tf.equal(given as tf.Tensor, 0), Infinity, given as tf.Tensor),
    gradFunc: (upstream: tf.Tensor) => [upstream],
  }))(weight);
}

/**
 * Adds up losses or hits, one number for each place.
 *
 * @param values - `[…]`
 * @param weights - the weights of examples, or of places; their shape must match the first axes of the values
 */
export function measureAll(values: tf.Tensor, weights?: tf.Tensor): Measured {
  if (!weights) return { sum: tf.sum(values) as tf.Scalar, weight: values.size };
  const factors = alongside(weights, values);
  return {
    // A place with weight 0 does not count, even if its value is NaN.
    sum: tf.sum(
      tf.mul(tf.where(tf.notEqual(factors, 0), values, tf.zerosLike(values)), factors),
    ) as tf.Scalar,
    weight: tf.mul(tf.sum(weights), values.size / weights.size),
  };
}

/**
 * Reshapes weights to the number of axes of the values, so they are broadcast along the last axes.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function alongside(weights: tf.Tensor, values: tf.Tensor): tf.Tensor {
  if (!weights.shape.every((size, axis) => size === values.shape[axis])) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `weights of shape [${weights.shape.join(', ')}] do not match values of shape [${values.shape.join(', ')}]`,
      fix: `Use one weight for each example, shape [${values.shape[0] ?? 1}], or one for each value`,
    });
  }
  const missing = values.rank - weights.rank;
  return missing === 0 ? weights : tf.reshape(weights, [...weights.shape, ...Array<number>(missing).fill(1)]);
}
