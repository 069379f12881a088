import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, endingAt, endingOption } from '../core/bindable-schedule.ts';
import { type Length, periodCheck } from '@cantrip/plugin-kit';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { periodOf, periodsBy } from '../core/period.ts';

export interface ExponentialOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** The factor by which the learning rate changes over each `every`; above 0. */
  readonly factor: number;
  /** The length over which `factor` applies; longer than 0, one step by default. */
  readonly every?: Length;
  /** A limit for the value: the minimum if `factor` is below 1, the maximum if it is above 1. No limit by default. */
  readonly endValue?: number | undefined;
  /** The length of the decay; afterwards the value stays constant. No end by default. */
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
 * Exponential decay: `value * factor ^ (step / every)`, limited by `endValue`.
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
  /** The length of each stair; longer than 0. */
  readonly every: Length;
}

const stepOptions = { ...exponentialOptions, every: periodCheck };

/**
 * Step decay, in equal stairs: `value * factor ^ floor(step / every)`, limited by `endValue`.
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
