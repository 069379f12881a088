import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';

/**
 * A figure before its division: it is `sum / weight`, and 0 where nothing counts. Sums and weights of several batches
 * are added, so that the figure of all is exact however the examples were put into batches.
 */
export interface Measured {
  readonly sum: tf.Scalar;
  /** What the sum is divided by: a number where it follows from shapes alone. */
  readonly weight: tf.Scalar | number;
}

/** A weight as a float32 scalar. */
export const asScalar = (value: tf.Scalar | number): tf.Scalar =>
  typeof value === 'number' ? tf.scalar(value) : tf.cast(value, 'float32');

/** `sum / weight`; 0, with a gradient of 0, where the weight is 0. */
export function quotient({ sum, weight }: Measured): tf.Scalar {
  if (typeof weight === 'number') return tf.div(sum, weight === 0 ? Infinity : weight);
  return tf.div(sum, endlessWhereZero(weight));
}

/** A comparison has no gradient in TensorFlow.js, not even 0, and a weight may come from something trained. */
function endlessWhereZero(weight: tf.Scalar): tf.Tensor {
  return tf.customGrad((given) => ({
    value: tf.where(tf.equal(given as tf.Tensor, 0), Infinity, given as tf.Tensor),
    gradFunc: (upstream: tf.Tensor) => [upstream],
  }))(weight);
}

/**
 * What losses or hits add up to, one number a place.
 *
 * @param values - `[…]`
 * @param weights - of examples, or of places: their shape begins that of the values
 */
export function measureAll(values: tf.Tensor, weights?: tf.Tensor): Measured {
  if (!weights) return { sum: tf.sum(values) as tf.Scalar, weight: values.size };
  const factors = alongside(weights, values);
  return {
    // A place without weight counts for nothing, even where its value is no number.
    sum: tf.sum(
      tf.mul(tf.where(tf.notEqual(factors, 0), values, tf.zerosLike(values)), factors),
    ) as tf.Scalar,
    weight: tf.mul(tf.sum(weights), values.size / weights.size),
  };
}

/**
 * Weights with as many axes as the values, so that they are broadcast along the last ones.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function alongside(weights: tf.Tensor, values: tf.Tensor): tf.Tensor {
  if (!weights.shape.every((size, axis) => size === values.shape[axis])) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `weights of shape [${weights.shape.join(', ')}] do not fit what is counted, of shape [${values.shape.join(', ')}]`,
      fix: `Give one weight for each example, of shape [${values.shape[0] ?? 1}], or one for each place`,
    });
  }
  const missing = values.rank - weights.rank;
  return missing === 0 ? weights : tf.reshape(weights, [...weights.shape, ...Array<number>(missing).fill(1)]);
}
