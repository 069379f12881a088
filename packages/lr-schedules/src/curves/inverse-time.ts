import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BindableSchedule } from '../core/bindable-schedule.ts';
import { endingAt, endingOption } from '../core/ending-at.ts';
import type { Length } from '../core/length.ts';
import { positiveSchema, rateSchema } from '../core/option-schemas.ts';
import { periodOf, periodsBy, periodSchema } from '../core/period.ts';

export interface InverseTimeOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** How fast it falls; above 0. */
  readonly rate: number;
  /** What `rate` is measured against, longer than 0; one step by default. */
  readonly every?: Length;
  /** Whether it falls only at the end of each `every`; false by default. */
  readonly stairs?: boolean;
  /** Where the decay ends and the value stays; never by default. */
  readonly steps?: Length | undefined;
}

const inverseTimeOptions = v.strictObject({
  value: rateSchema,
  rate: positiveSchema,
  every: v.optional(periodSchema, 1),
  stairs: v.optional(v.boolean(), false),
  ...endingOption,
});

/**
 * Inverse time: `value / (1 + rate * step / every)`; with stairs `floor(step / every)`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * inverseTime({ value: 0.1, rate: 1, every: 100 })(300); // 0.025
 * ```
 */
export function inverseTime(options: InverseTimeOptions): BindableSchedule {
  const { value, rate, every, stairs, steps } = parseOptions('inverseTime', inverseTimeOptions, options);
  return endingAt('inverseTime', steps, (run, place) => {
    const period = periodOf('inverseTime', every, run);
    return (step) => value / (1 + rate * (stairs ? periodsBy(step, period, place) : step / period));
  });
}
