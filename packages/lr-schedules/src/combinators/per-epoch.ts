import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule } from '../core/bindable-schedule.ts';
import { scheduleSchema } from '../core/option-schemas.ts';
import { boundIn, boundSchedule, firstValue, type Schedule } from '../core/schedule.ts';

/**
 * A schedule that changes only between epochs: in each it keeps the value of the epoch's first step, as
 * `scheduler.step()` once an epoch does in PyTorch and timm.
 *
 * @throws CantripError OPTION_INVALID, or SCHEDULE_UNBOUND when it is called before its run is known
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
    // An end within an epoch counts from the next one.
    const total = Math.ceil(inner.steps / stepsPerEpoch) * stepsPerEpoch;
    return boundSchedule(total, at, Number.isFinite(total) ? inner(inner.steps) : Number.NaN, {
      initialValue: firstValue(inner),
    });
  });
}

function unbound(): CantripError {
  return new CantripError('SCHEDULE_UNBOUND', {
    who: 'perEpoch',
    what: 'epochs have no length before the run is known',
    fix: 'Pass the schedule to lrSchedule, or to bindSchedule with stepsPerEpoch and totalSteps',
  });
}
