import { randomStream } from '@cantrip/ops';
import { parseOptions } from '@cantrip/errors';
import { studentQuantile } from '@cantrip/plugin-kit';
import * as v from 'valibot';
import { normalCdf, normalQuantile } from './normal.ts';

export interface BootstrapOptions {
  /** The probability with which the interval should contain the true mean, in (0, 1); 0.95 by default. */
  readonly confidence?: number;
  /**
   * Which quantiles of the resampled means to use. `percentile`: those of the confidence. `bca` (Efron 1987):
   * corrected for bias and skewness. `expanded`, the default: wider ones, which few values need (Hesterberg 2015).
   * The percentile interval of 5 normal values contains the true mean in 84 of 100 cases, not in 95.
   */
  readonly method?: 'expanded' | 'percentile' | 'bca';
  /** The number of resamples to draw if there are too many to use all; 9,999 by default. */
  readonly resamples?: number;
  /** The seed of the resamples; 0 by default. */
  readonly seed?: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Up to this number, all resamples are used: for up to 6 values. The interval then does not depend on chance. */
const mostEnumerated = 50_000;

const valuesSchema = v.object({
  values: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.nonEmpty('must hold at least one number')),
});
const schema = v.strictObject({
  confidence: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.95),
  method: v.optional(v.picklist(['expanded', 'percentile', 'bca']), 'expanded'),
  resamples: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(100), v.maxValue(1e7)), 9999),
  seed: v.optional(v.pipe(v.number(), v.safeInteger()), 0),
});

/**
 * Computes a bootstrap confidence interval of the mean. For differences of paired runs it is the paired bootstrap.
 *
 * `expanded` uses the quantiles `a` and `1 - a` with `a = Phi(-sqrt(n / (n - 1)) * t)`, where `t` is the quantile of
 * Student's t distribution with n - 1 degrees of freedom. For normal values it is nearly Student's interval.
 *
 * @param values - one number or more, e.g. the difference with - without for each seed
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * bootstrapInterval([0.4, 0.1, 0.5, 0.3, 0.2]); // { low: 0.12, high: 0.48 }
 * ```
 * @see Efron, "Better bootstrap confidence intervals", JASA 82, 1987; Hesterberg, "What teachers should know about the
 *   bootstrap", The American Statistician 69, 2015
 */
export function bootstrapInterval(values: readonly number[], options: BootstrapOptions = {}): Interval {
  parseOptions('bootstrapInterval', valuesSchema, { values });
  const { confidence, method, resamples, seed } = parseOptions('bootstrapInterval', schema, options);
  const tail = (1 - confidence) / 2;
  // For equal values every resample is the same, and BCa would divide 0 by 0.
  if (values.every((value) => value === values[0])) return { low: meanOf(values), high: meanOf(values) };
  const means = resampledMeans(values, resamples, seed).sort();
  const [low, high] = quantilesFor(method, values, means, tail);
  return { low: quantile(means, low), high: quantile(means, high) };
}

/** The arithmetic mean. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function resampledMeans(values: readonly number[], resamples: number, seed: number): Float64Array {
  const count = values.length;
  const all = count ** count;
  if (all <= mostEnumerated) return Float64Array.from({ length: all }, (_, index) => nthMean(values, index));
  const random = randomStream({ seed, stream: 'bootstrap' });
  return Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += values[random.integer(count)]!;
    return sum / count;
  });
}

/** The mean of the resample whose choices are the digits of `index` in base n. */
function nthMean(values: readonly number[], index: number): number {
  const count = values.length;
  let sum = 0;
  for (let draw = 0; draw < count; draw++) {
    sum += values[index % count]!;
    index = Math.floor(index / count);
  }
  return sum / count;
}

function quantilesFor(
  method: 'expanded' | 'percentile' | 'bca',
  values: readonly number[],
  means: Float64Array,
  tail: number,
): [number, number] {
  if (method === 'percentile') return [tail, 1 - tail];
  if (method === 'expanded') {
    const count = values.length;
    const wide = Math.sqrt(count / (count - 1)) * studentQuantile(1 - tail, count - 1);
    return [normalCdf(-wide), normalCdf(wide)];
  }
  const bias = normalQuantile(shareBelow(means, meanOf(values)));
  const skew = acceleration(values);
  const corrected = (z: number): number => normalCdf(bias + (bias + z) / (1 - skew * (bias + z)));
  return [corrected(normalQuantile(tail)), corrected(normalQuantile(1 - tail))];
}

/** The share of means below the given one; equal ones count half. */
function shareBelow(means: Float64Array, mean: number): number {
  let twice = 0;
  for (const other of means) twice += Number(other < mean) + Number(other <= mean);
  return twice / 2 / means.length;
}

/** Computed from the means that leave out one value each. */
function acceleration(values: readonly number[]): number {
  const sum = meanOf(values) * values.length;
  const left = values.map((value) => (sum - value) / (values.length - 1));
  const centre = meanOf(left);
  const power = (exponent: number): number =>
    left.reduce((total, value) => total + (centre - value) ** exponent, 0);
  return power(3) / (6 * power(2) ** 1.5);
}

/** Interpolated linearly between the two neighbours, as in numpy. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
