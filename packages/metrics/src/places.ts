import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The weights of all places in one row: 1 without weights. Weights of examples count for each place of the example.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function weightsOfPlaces(weights: tf.Tensor | undefined, shape: readonly number[]): tf.Tensor1D {
  const size = shape.reduce((product, length) => product * length, 1);
  if (!weights) return tf.ones([size]);
  if (weights.rank > shape.length || weights.shape.some((length, axis) => length !== shape[axis])) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'metrics',
      what: `weights of shape [${weights.shape.join(', ')}] do not match places of shape [${shape.join(', ')}]`,
      fix: 'Use one weight for each example, or one for each place',
    });
  }
  const column = tf.reshape(tf.cast(weights, 'float32'), [weights.size, 1]);
  return tf.reshape(tf.mul(column, tf.ones([1, weights.size === 0 ? 0 : size / weights.size])), [size]);
}

/** The weights, with 0 where a target is ignored. */
export function withoutIgnored(
  weights: tf.Tensor1D,
  targets: tf.Tensor1D,
  ignoreIndex: number | undefined,
): tf.Tensor1D {
  if (ignoreIndex === undefined) return weights;
  return tf.mul(weights, tf.cast(tf.notEqual(targets, ignoreIndex), 'float32'));
}

/** Where the weight is 0, a value is 0 too, even if it is NaN. */
export const countedOnly = (values: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
  tf.where(tf.notEqual(weights, 0), values, tf.zerosLike(values));
