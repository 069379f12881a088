import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { positiveSchema, scheduleSchema } from '../core/option-schemas.ts';
import { type Place, unrounded } from '../core/place.ts';
import { boundIn, exactEnd, firstValue, type Schedule } from '../core/schedule.ts';

/**
 * Makes a schedule `ratio` times as long. It multiplies lengths in steps and epochs by `ratio`; shares of the run
 * stay the same. Positions inside the schedule are not rounded; its end is a whole step. The same as Composer's
 * scale schedule ratio.
 *
 * @param ratio - above 0
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * stretch(multiStep({ value: 0.1, factor: 0.1, at: [30, 60] }), 0.5)(15); // 0.01
 * ```
 */
export function stretch(schedule: Schedule, ratio: number): BindableSchedule {
  parseOptions('stretch', v.object({ schedule: scheduleSchema, ratio: positiveSchema }), { schedule, ratio });
  return bindableSchedule((run, steps, place) => {
    // The run as the inner schedule sees it. It is divided by the ratio, so that '100%' is still the whole real run.
    const believed = run && {
      // A getter, because lrSchedule records which lengths the schedule reads.
      get stepsPerEpoch() {
        return run.stepsPerEpoch;
      },
      get totalSteps() {
        return run.totalSteps / ratio;
      },
    };
    const placed: Place = ratio === 1 ? place : (exact) => unrounded(exact * ratio) / ratio;
    const inner = boundIn(schedule, believed, placed, steps === undefined ? undefined : steps / ratio);
    const exact = steps ?? exactEnd(inner) * ratio;
    const end = Number.isFinite(exact) ? inner(inner.steps) : Number.NaN;
    return boundSchedule(place(exact), (step) => inner(step / ratio), end, {
      exactSteps: exact,
      initialValue: firstValue(inner),
    });
  });
}
