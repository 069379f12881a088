import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BindableSchedule } from './bindable-schedule.ts';
import { endingAt, endingOption } from './ending-at.ts';
import type { Length } from './length.ts';
import { positiveSchema, rateSchema } from './option-schemas.ts';
import { periodOf, periodSchema } from './period.ts';

export interface CyclicOptions {
  /** Where every cycle begins and ends. */
  readonly value: number;
  /** What the first cycle reaches. */
  readonly peakValue: number;
  /** How long a cycle goes from `value` to the peak. */
  readonly rise: Length;
  /** How long it goes back; as long as `rise` by default. */
  readonly fall?: Length | undefined;
  /** What the height is multiplied by after each cycle; 0.5 is PyTorch's `triangular2`. Above 0, 1 by default. */
  readonly cycleFactor?: number;
  /** What the height is multiplied by after each step: PyTorch's `exp_range`. Above 0, 1 by default. */
  readonly stepFactor?: number;
  /** Where it ends and the value stays; never by default. */
  readonly steps?: Length | undefined;
}

const cyclicOptions = v.strictObject({
  value: rateSchema,
  peakValue: rateSchema,
  rise: periodSchema,
  fall: v.optional(periodSchema),
  cycleFactor: v.optional(positiveSchema, 1),
  stepFactor: v.optional(positiveSchema, 1),
  ...endingOption,
});

/**
 * Triangles, one after the other: `value + (peakValue - value) * height * cycleFactor^cycle * stepFactor^step`, where
 * the height goes from 0 to 1 over `rise` and back over `fall`.
 *
 * With `peakValue` below `value` it serves the momentum.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const schedule = cyclic({ value: 0.01, peakValue: 0.11, rise: 10, cycleFactor: 0.5 });
 * schedule(10); // 0.11
 * schedule(20); // 0.01
 * schedule(30); // 0.06
 * ```
 * @see Smith, Cyclical Learning Rates for Training Neural Networks, https://arxiv.org/abs/1506.01186
 */
export function cyclic(options: CyclicOptions): BindableSchedule {
  const given = parseOptions('cyclic', cyclicOptions, options);
  const { value, peakValue, cycleFactor, stepFactor } = given;
  return endingAt('cyclic', given.steps, (run) => {
    const rise = periodOf('cyclic', given.rise, run);
    const fall = periodOf('cyclic', given.fall ?? given.rise, run);
    return (step) => {
      const place = step % (rise + fall);
      const height = place < rise ? place / rise : 1 - (place - rise) / fall;
      const cycle = Math.floor(step / (rise + fall));
      return value + (peakValue - value) * height * cycleFactor ** cycle * stepFactor ** step;
    };
  });
}
