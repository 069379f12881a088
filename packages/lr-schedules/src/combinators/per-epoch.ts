import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { scheduleSchema } from '../core/option-schemas.ts';
import { boundIn, firstValue, type Schedule } from '../core/schedule.ts';

/**
 * Makes a schedule change only between epochs. In each epoch, it keeps the value of the epoch's first step. The same
 * as calling `scheduler.step()` once an epoch in PyTorch and timm.
 *
 * @throws CantripError OPTION_INVALID, or SCHEDULE_UNBOUND if it is called before its run is known
 * @example
 * ```ts
 * const schedule = bindSchedule(perEpoch(linear({ initialValue: 0.1, endValue: 0, steps: '2ep' })), {
 *   stepsPerEpoch: 10,
 *   totalSteps: 20,
 * });
 * schedule(19); // 0.05
 * ```
 */
export function perEpoch(schedule: Schedule): BindableSchedule {
  parseOptions('perEpoch', v.object({ schedule: scheduleSchema }), { schedule });
  return bindableSchedule((run, steps, place) => {
    if (!run) throw unbound();
    const inner = boundIn(schedule, run, place, steps);
    const { stepsPerEpoch } = run;
    const at = (step: number): number => inner(Math.floor(step / stepsPerEpoch) * stepsPerEpoch);
    // If the schedule ends within an epoch, its end value begins with the next epoch.
    const total = Math.ceil(inner.steps / stepsPerEpoch) * stepsPerEpoch;
    return boundSchedule(total, at, Number.isFinite(total) ? inner(inner.steps) : Number.NaN, {
      initialValue: firstValue(inner),
    });
  });
}

function unbound(): CantripError {
  return new CantripError('SCHEDULE_UNBOUND', {
    who: 'perEpoch',
    what: 'needs the length of an epoch, which is not known here',
    fix: 'Pass the schedule to lrSchedule, or to bindSchedule with stepsPerEpoch and totalSteps',
  });
}
