import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule } from './bindable-schedule.ts';
import { type Length, lengthSchema, stepsOf } from './length.ts';
import { boundSchedule, type RunLength } from './schedule.ts';

/** The option `steps` of a schedule that goes on for ever without it. */
export const endingOption: { readonly steps: v.OptionalSchema<typeof lengthSchema, undefined> } = {
  steps: v.optional(lengthSchema),
};

/** A schedule without an end of its own; `steps`, where given, is where its value stays. */
export function endingAt(
  who: string,
  steps: Length | undefined,
  make: (run: RunLength | undefined) => (step: number) => number,
): BindableSchedule {
  return bindableSchedule((run, total = steps === undefined ? Infinity : stepsOf(who, steps, run)) => {
    const at = make(run);
    return boundSchedule(total, at, at(total));
  });
}
