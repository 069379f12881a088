import { type Check, checkArgument, functionCheck, readOptions } from '@cantrip/errors';
import type { StepFunction } from '@cantrip/trainer';
import { type Place, wholeStep } from './place.ts';

/** What lengths such as `'5ep'` and `'10%'` are measured against. */
export interface RunLength {
  /** Optimizer steps in one epoch. */
  readonly stepsPerEpoch: number;
  /** Optimizer steps of the whole run. */
  readonly totalSteps: number;
}

/** A schedule whose lengths are known: a plain function of the step. */
export interface BoundSchedule {
  /** The learning rate at a step, counted from 0. */
  (step: number): number;
  /** After how many steps it has its end value, which stays; Infinity where nothing ends. */
  readonly steps: number;
  /** The same before it is rounded, which is where a next part begins; `steps` by default. */
  readonly exactSteps?: number;
  /** What it begins with, also where it is so short that no step is left; its value at step 0 by default. */
  readonly initialValue?: number;
}

/**
 * A learning rate schedule: the absolute learning rate as a function of the step, counted from 0.
 *
 * Any function `(step) => number` is one. Those that this package makes also know how to find their lengths in a
 * run, which {@link bindSchedule} asks of them; with all lengths in steps they can be called as they are.
 */
export interface Schedule extends StepFunction {
  /**
   * For {@link bindSchedule}. `steps`, which need not be whole, takes the place of the schedule's own length; `place`
   * says which step is nearest to a place in it.
   */
  readonly forRun?: (run: RunLength | undefined, steps?: number, place?: Place) => BoundSchedule;
}

const positiveInteger: Check<number> = (value) =>
  Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'must be a positive integer';
const runChecks = { stepsPerEpoch: positiveInteger, totalSteps: positiveInteger };

/** A bound schedule: `at(step)` before its end, `end` from then on. */
export function boundSchedule(
  steps: number,
  at: (step: number) => number,
  end: number,
  more: Pick<BoundSchedule, 'exactSteps' | 'initialValue'> = {},
): BoundSchedule {
  return Object.assign((step: number) => (step < steps ? at(step) : end), { steps, ...more });
}

/** Where a schedule ends, before that is rounded. */
export function exactEnd({ exactSteps, steps }: BoundSchedule): number {
  return exactSteps ?? steps;
}

/** What a schedule begins with, also one of no steps. */
export function firstValue(schedule: BoundSchedule): number {
  return schedule.initialValue ?? schedule(0);
}

/**
 * The schedule as a plain function of the step in a run of this length.
 *
 * @param schedule - a schedule of this package, or any function of the step, which is returned with `steps` Infinity
 * @param run - steps per epoch, for lengths such as `'5ep'`, and in total, for `'10%'`; both positive integers
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

/** As {@link bindSchedule}, also without a run, where lengths must be in steps, and for a part of another schedule. */
export function boundIn(
  schedule: Schedule,
  run: RunLength | undefined,
  place: Place = wholeStep,
  steps?: number,
): BoundSchedule {
  return schedule.forRun?.(run, steps, place) ?? boundSchedule(Infinity, schedule, Number.NaN);
}
