import * as tf from '@tensorflow/tfjs-core';
import { type PerClass, product } from '../smoothing/per-class.ts';
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

/** A figure before its division, as the trainer adds it up over batches. */
export interface Measured {
  readonly sum: tf.Scalar;
  readonly weight: tf.Scalar | number;
}

/** The sum over the count; 0, with a gradient of 0, where nothing counts. */
export function quotient({ sum, weight }: Measured): tf.Scalar {
  if (typeof weight === 'number') return tf.div(sum, weight === 0 ? Infinity : weight);
  const nothing = withoutGradient(weight, (given) => tf.where(tf.equal(given, 0), Infinity, 0));
  return tf.div(sum, tf.add(weight, nothing));
}
