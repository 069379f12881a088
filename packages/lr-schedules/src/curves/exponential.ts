import { optional, readOptions } from '@cantrip/errors';
import type { BindableSchedule } from '../core/bindable-schedule.ts';
import { endingAt, endingOption } from '../core/ending-at.ts';
import type { Length } from '../core/length.ts';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { periodOf, periodsBy, periodCheck } from '../core/period.ts';

export interface ExponentialOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** What the learning rate is multiplied by over each `every`; above 0. */
  readonly factor: number;
  /** Longer than 0; one step by default. */
  readonly every?: Length;
  /** A bound that it never passes, a floor for a factor below 1 and a ceiling for one above; none by default. */
  readonly endValue?: number | undefined;
  /** Where the decay ends and the value stays; never by default. */
  readonly steps?: Length | undefined;
}

const exponentialOptions = {
  value: rateCheck,
  factor: positiveCheck,
  every: optional(periodCheck, 1),
  endValue: optional(rateCheck),
  ...endingOption,
};

/**
 * Smooth exponential decay: `value * factor ^ (step / every)`, not beyond `endValue`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * exponential({ value: 0.1, factor: 0.5, every: 100 })(200); // 0.025
 * ```
 */
export function exponential(options: ExponentialOptions): BindableSchedule {
  const { value, factor, every, endValue, steps } = readOptions('exponential', exponentialOptions, options);
  return endingAt('exponential', steps, (run) => {
    const period = periodOf('exponential', every, run);
    return (step) => bounded(value * factor ** (step / period), factor, endValue);
  });
}

export interface StepOptions extends ExponentialOptions {
  /** Longer than 0. */
  readonly every: Length;
}

const stepOptions = { ...exponentialOptions, every: periodCheck };

/**
 * Equal stairs: `value * factor ^ floor(step / every)`, not beyond `endValue`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * step({ value: 0.1, factor: 0.1, every: 30 })(59); // 0.01
 * ```
 */
export function step(options: StepOptions): BindableSchedule {
  const { value, factor, every, endValue, steps } = readOptions('step', stepOptions, options);
  return endingAt('step', steps, (run, place) => {
    const period = periodOf('step', every, run);
    return (at) => bounded(value * factor ** periodsBy(at, period, place), factor, endValue);
  });
}

function bounded(value: number, factor: number, bound: number | undefined): number {
  if (bound === undefined) return value;
  return factor < 1 ? Math.max(value, bound) : Math.min(value, bound);
}
