import { CantripError } from '@cantrip/errors';
import type { StepFunction } from '@cantrip/trainer';

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
}

/**
 * A learning rate schedule: the absolute learning rate as a function of the step, counted from 0.
 *
 * Any function `(step) => number` is one. Those that this package makes also know how to find their lengths in a
 * run, which {@link bindSchedule} asks of them; with all lengths in steps they can be called as they are.
 */
export interface Schedule extends StepFunction {
  /** For {@link bindSchedule}. `steps` takes the place of the schedule's own length. */
  readonly forRun?: (run: RunLength | undefined, steps?: number) => BoundSchedule;
}

/** A bound schedule: `at(step)` before its end, `end` from then on. */
export function boundSchedule(steps: number, at: (step: number) => number, end: number): BoundSchedule {
  return Object.assign((step: number) => (step < steps ? at(step) : end), { steps });
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
  for (const name of ['stepsPerEpoch', 'totalSteps'] as const) {
    if (Number.isSafeInteger(run[name]) && run[name] > 0) continue;
    throw new CantripError('OPTION_INVALID', {
      who: 'bindSchedule',
      what: `${name} must be a positive integer, got ${String(run[name])}`,
      fix: 'Give the lengths of the run in optimizer steps',
    });
  }
  return boundIn(schedule, run);
}

/** As {@link bindSchedule}, also without a run, where lengths must be in steps. */
export function boundIn(schedule: Schedule, run: RunLength | undefined): BoundSchedule {
  return schedule.forRun?.(run) ?? boundSchedule(Infinity, schedule, Number.NaN);
}
