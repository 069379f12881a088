import * as tf from '@tensorflow/tfjs-core';
import { type PerClass, product } from '../per-class.ts';
import { withoutGradient } from './without-gradient.ts';

export type Reduction = 'mean' | 'sum' | 'none';

/** Which values count, and how much. */
export interface Counting {
  /** bool in the shape of the values, or for each row `[N, 1]`: the losses of others are left out, even where they are NaN. */
  readonly counted: tf.Tensor | undefined;
  /** Float factors, likewise. */
  readonly factors: tf.Tensor | undefined;
}

/** The values with those left out as 0 and the others times their factors. */
export function masked(values: tf.Tensor, { counted, factors }: Counting): tf.Tensor {
  const weighted = factors === undefined ? values : tf.mul(values, factors);
  return counted === undefined ? weighted : tf.where(counted, weighted, tf.zerosLike(weighted));
}

/** The number of values that count, each with its factor and the weight of its class. */
export function countOf(values: tf.Tensor, { counted, factors }: Counting, weights: PerClass): PerClass {
  if (counted === undefined && factors === undefined && typeof weights === 'number')
    return values.size * weights;
  const each = product(
    product(
      counted === undefined ? 1 : tf.cast(counted, 'float32'),
      factors === undefined ? 1 : tf.cast(factors, 'float32'),
    ),
    weights,
  ) as tf.Tensor;
  // Fewer numbers than values where one stands for a row.
  return product(tf.sum(each), values.size / each.size);
}

/** The sum over the count; 0 where nothing counts. */
export function meanOver(values: tf.Tensor, count: PerClass): tf.Tensor {
  const sum = tf.sum(values);
  if (typeof count === 'number') return tf.div(sum, count === 0 ? 1 : count);
  const ifNothing = withoutGradient(count, (given) => tf.cast(tf.equal(given, 0), 'float32'));
  return tf.div(sum, tf.add(count, ifNothing));
}
