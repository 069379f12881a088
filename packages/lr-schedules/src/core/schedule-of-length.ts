import { type BindableSchedule, bindableSchedule } from './bindable-schedule.ts';
import { exactSteps, type Length } from './length.ts';
import { boundSchedule } from './schedule.ts';

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
