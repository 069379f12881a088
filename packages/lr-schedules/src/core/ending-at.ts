import { optional, type OptionalCheck } from '@cantrip/errors';
import { type BindableSchedule, bindableSchedule } from './bindable-schedule.ts';
import { exactSteps, type Length, lengthCheck } from './length.ts';
import type { Place } from './place.ts';
import { boundSchedule, type RunLength } from './schedule.ts';

/** The option `steps` of a schedule that has no end without it. */
export const endingOption: { readonly steps: OptionalCheck<Length, undefined> } = {
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
