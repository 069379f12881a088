import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule } from './bindable-schedule.ts';
import { positiveSchema, scheduleSchema } from './option-schemas.ts';
import { boundIn, boundSchedule, type Schedule } from './schedule.ts';

/**
 * The same schedule, `ratio` times as long: its lengths in steps and epochs are multiplied by the ratio, while shares
 * of the run stay shares of the run. Composer's scale schedule ratio.
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
  return bindableSchedule((run, steps) => {
    // A run as short as the schedule believes it to be, so that '100%' is still the whole of the true one.
    const believed = run && {
      // Looked up only when a length asks, for lrSchedule takes note of which do.
      get stepsPerEpoch() {
        return run.stepsPerEpoch;
      },
      get totalSteps() {
        return run.totalSteps / ratio;
      },
    };
    const inner =
      steps === undefined || !schedule.forRun
        ? boundIn(schedule, believed)
        : schedule.forRun(believed, steps / ratio);
    const total = steps ?? Math.round(inner.steps * ratio);
    const end = Number.isFinite(total) ? inner(inner.steps) : Number.NaN;
    return boundSchedule(total, (step) => inner(step / ratio), end);
  });
}
