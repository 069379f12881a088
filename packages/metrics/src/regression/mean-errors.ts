import type { TallyMetric } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { checkSameShape } from '../kinds.ts';
import { countedOnly, weightsOfPlaces } from '../places.ts';

/**
 * The mean absolute error: the mean of `|outputs - targets|` over all places. Both have the same shape.
 *
 * @example
 * ```ts
 * const measured = meter(meanAbsoluteError());
 * await measured.add(tf.tensor1d([1, 2]), tf.tensor1d([1, 4]));
 * measured.result(); // 1
 * ```
 */
export function meanAbsoluteError(): TallyMetric {
  return meanOf('meanAbsoluteError', tf.abs, (mean) => mean);
}

/**
 * The root of the mean squared error: `sqrt(mean((outputs - targets)^2))` over all places. Both have the same shape.
 * It is the root over all examples, not the mean of the roots of batches.
 *
 * @example
 * ```ts
 * const measured = meter(rootMeanSquaredError());
 * await measured.add(tf.tensor1d([1, 2]), tf.tensor1d([1, 4]));
 * measured.result(); // 1.4142
 * ```
 */
export function rootMeanSquaredError(): TallyMetric {
  return meanOf('rootMeanSquaredError', tf.square, Math.sqrt);
}

function meanOf(
  name: string,
  measure: (differences: tf.Tensor) => tf.Tensor,
  finish: (mean: number) => number,
): TallyMetric {
  return {
    name,
    tally(targets, outputs, weights) {
      const factors = weightsOfPlaces(weights, outputs.shape);
      const differences = tf.sub(outputs, tf.cast(targets, 'float32'));
      const values = countedOnly(tf.reshape(measure(differences), [outputs.size]), factors);
      return tf.stack([tf.sum(tf.mul(values, factors)), tf.sum(factors)]);
    },
    add(before, { values: [sum, weight] }) {
      const [sumBefore, weightBefore] = before?.['sums'] ?? [0, 0];
      return { sums: Float64Array.of(sumBefore! + sum!, weightBefore! + weight!) };
    },
    figure(kept) {
      const [sum, weight] = kept?.['sums'] ?? [0, 0];
      return weight === 0 ? 0 : finish(sum! / weight!);
    },
    check: (shapes) => checkSameShape(name, shapes),
  };
}
