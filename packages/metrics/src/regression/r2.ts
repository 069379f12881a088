import { parseOptions } from '@cantrip/errors';
import type { Kept, TallyMetric } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { checkSameShape } from '../kinds.ts';
import { countedOnly, weightsOfPlaces } from '../places.ts';

export interface R2Options {
  /**
   * How the figures of several units become one. `uniform`, the default: their mean. `variance`: weighted by the variance
   * of the targets. `each`: one figure for each unit, logged as `r2_0`.
   */
  readonly average?: 'uniform' | 'variance' | 'each' | undefined;
}

const schema = v.strictObject({
  average: v.optional(v.picklist(['uniform', 'variance', 'each']), 'uniform'),
});

const rows = ['count', 'weight', 'mean', 'squares', 'residuals'] as const;

/**
 * R2, the coefficient of determination: `1 - sum((targets - outputs)^2) / sum((targets - mean(targets))^2)`.
 *
 * Outputs and targets have the same shape, `[n]` or `[…, units]`. The mean is that of all examples. If all targets are
 * equal, it is 1 for outputs without an error and 0 otherwise. With fewer than two examples it is NaN. All as in
 * scikit-learn.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const measured = meter(r2());
 * await measured.add(tf.tensor1d([3, -0.5, 2, 7]), tf.tensor1d([2.5, 0, 2, 8]));
 * measured.result(); // 0.9486
 * ```
 */
export function r2(options: R2Options = {}): TallyMetric {
  const { average } = parseOptions('r2', schema, options);
  return {
    name: 'r2',
    tally: sumsOfUnits,
    add: (before, { values, shape }) => merged(before, values, shape[1]!),
    figure(kept) {
      const figures = kept ? [...kept['mean']!].map((_, unit) => figureOf(kept, unit)) : [NaN];
      if (average === 'each')
        return { numbers: Object.fromEntries((kept ? figures : []).map((one, unit) => [unit, one])) };
      const factors = figures.map((_, unit) =>
        average === 'variance' ? (kept?.['squares']![unit] ?? 1) : 1,
      );
      const whole = factors.reduce((sum, one) => sum + one, 0);
      // Without any variance, each unit counts the same.
      if (whole === 0) return figures.reduce((sum, one) => sum + one, 0) / figures.length;
      return figures.reduce((sum, one, unit) => sum + (factors[unit]! / whole) * one, 0);
    },
    check: (shapes) => checkSameShape('r2', shapes),
  };
}

/**
 * In the step: for each unit the number of places, the sum of weights, a centre near the mean of the targets, sums of the
 * distances from it and of their squares, and the sum of squared errors, `[6, units]`. Squares of targets themselves would
 * lose the variance where the mean is large.
 */
function sumsOfUnits(targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): tf.Tensor {
  const units = outputs.rank === 1 ? 1 : outputs.shape.at(-1)!;
  const flat = (tensor: tf.Tensor): tf.Tensor => tf.reshape(tensor, [-1, units]);
  const factors = flat(weightsOfPlaces(weights, outputs.shape));
  const wanted = countedOnly(flat(tf.cast(targets, 'float32')), factors);
  const answers = countedOnly(flat(outputs), factors);
  const weight = tf.sum(factors, 0);
  const centre = tf.divNoNan(tf.sum(tf.mul(wanted, factors), 0), weight);
  const distances = tf.mul(tf.sub(wanted, centre), factors);
  return tf.stack([
    tf.sum(tf.cast(tf.notEqual(factors, 0), 'float32'), 0),
    weight,
    centre,
    tf.sum(distances, 0),
    tf.sum(tf.mul(distances, tf.sub(wanted, centre)), 0),
    tf.sum(tf.mul(factors, tf.square(tf.sub(wanted, answers))), 0),
  ]);
}

/** Adds two groups of examples by their means and the squared distances from them (Chan et al., 1979). */
function merged(before: Kept | undefined, values: Float32Array, units: number): Kept {
  const kept = before ?? Object.fromEntries(rows.map((row) => [row, new Float64Array(units)]));
  const [counts, weights, means] = [kept['count']!, kept['weight']!, kept['mean']!];
  const [squares, residuals] = [kept['squares']!, kept['residuals']!];
  for (let unit = 0; unit < units; unit++) {
    const [count, weight, centre, first, second, residual] = [0, 1, 2, 3, 4, 5].map(
      (row) => values[row * units + unit]!,
    ) as [number, number, number, number, number, number];
    if (weight === 0) continue;
    const mean = centre + first / weight;
    const own = Math.max(0, second - first ** 2 / weight);
    const whole = weights[unit]! + weight;
    const apart = mean - means[unit]!;
    squares[unit]! += own + (apart ** 2 * weights[unit]! * weight) / whole;
    means[unit]! += (apart * weight) / whole;
    weights[unit] = whole;
    counts[unit]! += count;
    residuals[unit]! += residual;
  }
  return kept;
}

function figureOf(kept: Kept, unit: number): number {
  const [squares, residuals] = [kept['squares']![unit]!, kept['residuals']![unit]!];
  if (kept['count']![unit]! < 2) return NaN;
  if (squares > 0) return 1 - residuals / squares;
  return residuals === 0 ? 1 : 0;
}
