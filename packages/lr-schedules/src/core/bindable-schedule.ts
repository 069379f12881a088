import type { FunctionInRun, HorizonOptions } from '@cantrip/trainer';
import { type Place, wholeStep } from './place.ts';
import { scheduleInRun } from './schedule-in-run.ts';
import type { BoundSchedule, RunLength, Schedule } from './schedule.ts';

/** A {@link Schedule} of this package. */
export interface BindableSchedule extends Schedule {
  readonly forRun: (run: RunLength | undefined, steps?: number, place?: Place) => BoundSchedule;
  readonly inRun: (who: string, options?: HorizonOptions) => FunctionInRun;
}

/** Computes a schedule for a run. `steps` replaces the schedule's own length; `place` rounds positions. */
type Bind = (run: RunLength | undefined, steps: number | undefined, place: Place) => BoundSchedule;

/** Makes a schedule from a function that computes it for a run. */
export function bindableSchedule(bind: Bind): BindableSchedule {
  let bound: BoundSchedule | undefined;
  const forRun = (run: RunLength | undefined, steps?: number, place: Place = wholeStep): BoundSchedule =>
    bind(run, steps, place);
  const schedule = (step: number): number => (bound ??= forRun(undefined))(step);
  const bindable: BindableSchedule = Object.assign(schedule, {
    forRun,
    inRun: (who: string, options: HorizonOptions = {}) => scheduleInRun(who, bindable, options),
  });
  return bindable;
}
