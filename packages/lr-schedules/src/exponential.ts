import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { endingAt, endingOption } from './ending-at.ts';
import { type Length, lengthSchema, stepsOf } from './length.ts';
import { positiveSchema, rateSchema } from './option-schemas.ts';
import type { BindableSchedule, RunLength } from './schedule.ts';

const periodSchema = v.pipe(
  lengthSchema,
  v.check((length) => Number.parseFloat(String(length)) > 0, 'must be longer than 0'),
);

export interface ExponentialOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** What the learning rate is multiplied by over each `every`; above 0. */
  readonly factor: number;
  /** Longer than 0; one step by default. */
  readonly every?: Length;
  /** Where the decay ends and the value stays; never by default. */
  readonly steps?: Length | undefined;
}

const exponentialOptions = v.strictObject({
  value: rateSchema,
  factor: positiveSchema,
  every: v.optional(periodSchema, 1),
  ...endingOption,
});

/**
 * Smooth exponential decay: `value * factor ^ (step / every)`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * exponential({ value: 0.1, factor: 0.5, every: 100 })(200); // 0.025
 * ```
 */
export function exponential(options: ExponentialOptions): BindableSchedule {
  const { value, factor, every, steps } = parseOptions('exponential', exponentialOptions, options);
  return endingAt('exponential', steps, (run) => {
    const period = periodOf('exponential', every, run);
    return (step) => value * factor ** (step / period);
  });
}

export interface StepOptions extends ExponentialOptions {
  /** Longer than 0. */
  readonly every: Length;
}

const stepOptions = v.strictObject({ ...exponentialOptions.entries, every: periodSchema });

/**
 * Equal stairs: `value * factor ^ floor(step / every)`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * step({ value: 0.1, factor: 0.1, every: 30 })(59); // 0.01
 * ```
 */
export function step(options: StepOptions): BindableSchedule {
  const { value, factor, every, steps } = parseOptions('step', stepOptions, options);
  return endingAt('step', steps, (run) => {
    const period = periodOf('step', every, run);
    return (at) => value * factor ** Math.floor(at / period);
  });
}

/** At least one step: a period that rounds to none would divide by zero. */
function periodOf(who: string, every: Length, run: RunLength | undefined): number {
  return Math.max(1, stepsOf(who, every, run));
}
