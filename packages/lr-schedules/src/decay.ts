import { type BindableSchedule, bindableSchedule } from './bindable-schedule.ts';
import { type Length, stepsOf } from './length.ts';
import { boundSchedule } from './schedule.ts';

/** A schedule of a given length: `at(step, total)` before its end, `end` from then on. */
export function decay(
  who: string,
  steps: Length,
  end: number,
  at: (step: number, total: number) => number,
): BindableSchedule {
  return bindableSchedule((run, total = stepsOf(who, steps, run)) =>
    boundSchedule(total, (step) => at(step, total), end),
  );
}
