import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, endingAt, endingOption } from '../core/bindable-schedule.ts';
import { type Length, periodCheck } from '@cantrip/plugin-kit';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { periodOf, periodsBy } from '../core/period.ts';

export interface CyclicOptions {
  /** The value at the start and end of each cycle. */
  readonly value: number;
  /** The value at the middle of the first cycle. */
  readonly peakValue: number;
  /** The length from `value` to the peak. */
  readonly rise: Length;
  /** The length from the peak back to `value`; the same as `rise` by default. */
  readonly fall?: Length | undefined;
  /** Multiplies the height after each cycle; above 0, 1 by default. 0.5 is PyTorch's `triangular2`. */
  readonly cycleFactor?: number;
  /** Multiplies the height after each step, as PyTorch's `exp_range`; above 0, 1 by default. */
  readonly stepFactor?: number;
  /** The length; afterwards the value stays constant. No end by default. */
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
 * A cyclical learning rate, in triangles: `value + (peakValue - value) * height * cycleFactor^cycle *
 * stepFactor^step`. The height goes from 0 to 1 over `rise`, and back to 0 over `fall`.
 *
 * For the momentum, set `peakValue` below `value`.
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

/** The start, the peak and the end of a cycle. */
type Triangle = [begin: number, top: number, end: number];
