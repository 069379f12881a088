import { type Check, checkArgument, functionCheck, readOptions } from '@cantrip/errors';
import { type BoundFunction, type RunLength, type StepFunction, wholeStep } from '@cantrip/plugin-kit';
import type { Place } from './place.ts';

/** A schedule whose lengths are known: a plain function of the step. */
export interface BoundSchedule extends BoundFunction {
  /** The length before rounding. The next part of a `join` starts there. `steps` by default. */
  readonly exactSteps?: number;
  /** The first value, also of a schedule of 0 steps; its value at step 0 by default. */
  readonly initialValue?: number;
}

/**
 * A learning rate schedule: a function that takes the step, counted from 0, and returns the learning rate.
 *
 * Any function `(step) => number` is a schedule. A schedule of this package can have lengths in epochs or percent.
 * {@link bindSchedule} computes these for a run. If all lengths are in steps, call the schedule directly.
 */
export interface Schedule extends StepFunction {
  /**
   * Called by {@link bindSchedule}. `steps`, which may be fractional, replaces the schedule's own length. `place`
   * rounds positions to steps.
   */
  readonly forRun?: (run: RunLength | undefined, steps?: number, place?: Place) => BoundSchedule;
}

const positiveInteger: Check<number> = (value) =>
  Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'must be a positive integer';
const runChecks = { stepsPerEpoch: positiveInteger, totalSteps: positiveInteger };

/** The length of a schedule before rounding. */
export function exactEnd({ exactSteps, steps }: BoundSchedule): number {
  return exactSteps ?? steps;
}

/** The first value of a schedule, also of one of 0 steps. */
export function firstValue(schedule: BoundSchedule): number {
  return schedule.initialValue ?? schedule(0);
}

/**
 * Computes a schedule for a run of a given length. Returns a plain function of the step.
 *
 * @param schedule - a schedule of this package, or any function of the step; the result of such a function has
 *   `steps` Infinity
 * @param run - `stepsPerEpoch`, for lengths such as `'5ep'`, and `totalSteps`, for `'10%'`; both positive integers,
 *   in optimizer updates
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const schedule = bindSchedule(linear({ endValue: 0.1, steps: '2ep' }), { stepsPerEpoch: 100, totalSteps: 1000 });
 * schedule(100); // 0.05
 * schedule.steps; // 200
 * ```
 */
export function bindSchedule(schedule: Schedule, run: RunLength): BoundSchedule {
  checkArgument('bindSchedule', 'schedule', functionCheck, schedule);
  readOptions('bindSchedule', runChecks, run);
  return boundIn(schedule, run);
}

/** Like {@link bindSchedule}, for a part of another schedule. Without a run, all lengths must be in steps. */
export function boundIn(
  schedule: Schedule,
  run: RunLength | undefined,
  place: Place = wholeStep,
  steps?: number,
): BoundSchedule {
  return (
    schedule.forRun?.(run, steps, place) ??
    Object.assign((step: number) => schedule(step), { steps: Infinity })
  );
}
