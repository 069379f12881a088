import { optional, readOptions } from '@cantrip/errors';
import type { BindableSchedule } from '../core/bindable-schedule.ts';
import { endingAt, endingOption } from '../core/ending-at.ts';
import type { Length } from '../core/length.ts';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { periodOf, periodsBy, periodCheck } from '../core/period.ts';

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

const cyclicOptions = {
  value: rateCheck,
  peakValue: rateCheck,
  rise: periodCheck,
  fall: optional(periodCheck),
  cycleFactor: optional(positiveCheck, 1),
  stepFactor: optional(positiveCheck, 1),
  ...endingOption,
};

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
  const given = readOptions('cyclic', cyclicOptions, options);
  const { value, peakValue, cycleFactor, stepFactor } = given;
  return endingAt('cyclic', given.steps, (run, place) => {
    const rise = periodOf('cyclic', given.rise, run);
    const period = rise + periodOf('cyclic', given.fall ?? given.rise, run);
    return (step) => {
      const cycle = periodsBy(step, period, place);
      const [begin, top, end] = [0, rise, period].map((part) => place(cycle * period + part)) as Triangle;
      const height = step < top ? (step - begin) / (top - begin) : 1 - (step - top) / (end - top);
      return value + (peakValue - value) * height * cycleFactor ** cycle * stepFactor ** step;
    };
  });
}

/** Where a cycle begins, where its peak is, and where it ends. */
type Triangle = [begin: number, top: number, end: number];
