import { booleanCheck, optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, endingAt, endingOption } from '../core/bindable-schedule.ts';
import { type Length, periodCheck } from '@cantrip/plugin-kit';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { periodOf, periodsBy } from '../core/period.ts';

export interface InverseTimeOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** How fast the value falls; above 0. */
  readonly rate: number;
  /** The length over which `rate` applies; longer than 0, one step by default. */
  readonly every?: Length;
  /** Whether the value falls only at the end of each `every`; false by default. */
  readonly stairs?: boolean;
  /** The length of the decay; afterwards the value stays constant. No end by default. */
  readonly steps?: Length | undefined;
}

const inverseTimeOptions = {
  value: rateCheck,
  rate: positiveCheck,
  every: optional(periodCheck, 1),
  stairs: optional(booleanCheck, false),
  ...endingOption,
};

/**
 * Inverse time decay: `value / (1 + rate * step / every)`. With `stairs`, `step / every` is rounded down.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * inverseTime({ value: 0.1, rate: 1, every: 100 })(300); // 0.025
 * ```
 */
export function inverseTime(options: InverseTimeOptions): BindableSchedule {
  const { value, rate, every, stairs, steps } = readOptions('inverseTime', inverseTimeOptions, options);
  return endingAt('inverseTime', steps, (run, place) => {
    const period = periodOf('inverseTime', every, run);
    return (step) => value / (1 + rate * (stairs ? periodsBy(step, period, place) : step / period));
  });
}
