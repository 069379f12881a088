import { type BindableSchedule, bindableSchedule } from './bindable-schedule.ts';
import { exactSteps, type Length } from './length.ts';
import { boundSchedule } from './schedule.ts';

/** A schedule of a given length: `at(step, total)` before its end, `end` from then on. */
export function scheduleOfLength(
  who: string,
  steps: Length,
  end: number,
  at: (step: number, total: number) => number,
): BindableSchedule {
  return bindableSchedule((run, exact = exactSteps(who, steps, run), place) => {
    const total = place(exact);
    // Of no steps it still has a first value: that of a decay of one step.
    const initialValue = at(0, Math.max(total, 1));
    return boundSchedule(total, (step) => at(step, total), end, { exactSteps: exact, initialValue });
  });
}
