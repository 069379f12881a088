import * as tf from '@tensorflow/tfjs-core';
import { type PerClass, product } from '../smoothing/per-class.ts';
import { withoutGradient } from './without-gradient.ts';

export type Reduction = 'mean' | 'sum' | 'none';

/** Which losses count, and with which factor. */
export interface Counting {
  /** bool, in the shape of the losses or `[N, 1]`. A loss with `false` is ignored, even if it is NaN. */
  readonly counted: tf.Tensor | undefined;
  /** Float factors, in the same shapes. */
  readonly factors: tf.Tensor | undefined;
}

/** Multiplies the losses by their factors. Ignored losses become 0. */
export function masked(values: tf.Tensor, { counted, factors }: Counting): tf.Tensor {
  const weighted = factors === undefined ? values : tf.mul(values, factors);
  return counted === undefined ? weighted : tf.where(counted, weighted, tf.zerosLike(weighted));
}

/** The sum of the weights of all losses that count: the factor times the class weight. */
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
  // `each` may have one number for a whole row of losses.
  return product(tf.sum(each), values.size / each.size);
}

/** A mean before the division. The trainer adds sums and weights over batches. */
export interface Measured {
  readonly sum: tf.Scalar;
  readonly weight: tf.Scalar | number;
}

/** Divides the sum by the weight. If the weight is 0, the result and its gradient are 0. */
export function quotient({ sum, weight }: Measured): tf.Scalar {
  if (typeof weight === 'number') return tf.div(sum, weight === 0 ? Infinity : weight);
  const nothing = withoutGradient(weight, (given) => tf.where(tf.equal(given, 0), Infinity, 0));
  return tf.div(sum, tf.add(weight, nothing));
}
