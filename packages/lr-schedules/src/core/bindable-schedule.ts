import { optional, type Optional } from '@cantrip/errors';
import { exactSteps, type Length, lengthCheck, type RunLength, wholeStep } from '@cantrip/plugin-kit';
import type { Place } from './place.ts';
import type { BoundSchedule, Schedule } from './schedule.ts';

/** A bound schedule: `at(step)` before its end, `end` afterwards. */
export function boundSchedule(
  steps: number,
  at: (step: number) => number,
  end: number,
  more: Pick<BoundSchedule, 'exactSteps' | 'initialValue'> = {},
): BoundSchedule {
  return Object.assign((step: number) => (step < steps ? at(step) : end), { steps, ...more });
}

/** A {@link Schedule} of this package. */
export interface BindableSchedule extends Schedule {
  readonly forRun: (run: RunLength | undefined, steps?: number, place?: Place) => BoundSchedule;
}

/** Computes a schedule for a run. `steps` replaces the schedule's own length; `place` rounds positions. */
type Bind = (run: RunLength | undefined, steps: number | undefined, place: Place) => BoundSchedule;

/** Makes a schedule from a function that computes it for a run. */
export function bindableSchedule(bind: Bind): BindableSchedule {
  let bound: BoundSchedule | undefined;
  const forRun = (run: RunLength | undefined, steps?: number, place: Place = wholeStep): BoundSchedule =>
    bind(run, steps, place);
  const schedule = (step: number): number => (bound ??= forRun(undefined))(step);
  return Object.assign(schedule, { forRun });
}

/** A schedule with a length: `at(step, total)` before its end, `end` afterwards. */
export function scheduleOfLength(
  who: string,
  steps: Length,
  end: number,
  at: (step: number, total: number) => number,
): BindableSchedule {
  return bindableSchedule((run, exact = exactSteps(who, steps, run), place) => {
    const total = place(exact);
    // A schedule of 0 steps still needs a first value. It takes that of a schedule of 1 step.
    const initialValue = at(0, Math.max(total, 1));
    return boundSchedule(total, (step) => at(step, total), end, { exactSteps: exact, initialValue });
  });
}

/** The option `steps` of a schedule that has no end without it. */
export const endingOption: { readonly steps: Optional<Length, undefined> } = {
  steps: optional(lengthCheck),
};

/** A schedule without an end. From the step `steps` on, if given, its value stays constant. */
export function endingAt(
  who: string,
  steps: Length | undefined,
  make: (run: RunLength | undefined, place: Place) => (step: number) => number,
): BindableSchedule {
  const lengthIn = (run: RunLength | undefined): number =>
    steps === undefined ? Infinity : exactSteps(who, steps, run);
  return bindableSchedule((run, exact = lengthIn(run), place) => {
    const at = make(run, place);
    const total = place(exact);
    return boundSchedule(total, at, at(total), { exactSteps: exact, initialValue: at(0) });
  });
}
