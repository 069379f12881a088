import type { FunctionInRun, HorizonOptions } from '@cantrip/trainer';
import { scheduleInRun } from './schedule-in-run.ts';
import type { BoundSchedule, RunLength, Schedule } from './schedule.ts';

/** A {@link Schedule} of this package. */
export interface BindableSchedule extends Schedule {
  readonly forRun: (run: RunLength | undefined, steps?: number) => BoundSchedule;
  readonly inRun: (who: string, options?: HorizonOptions) => FunctionInRun;
}

/** Makes a schedule of what it is once its run is known. */
export function bindableSchedule(forRun: BindableSchedule['forRun']): BindableSchedule {
  let bound: BoundSchedule | undefined;
  const schedule = (step: number): number => (bound ??= forRun(undefined))(step);
  const bindable: BindableSchedule = Object.assign(schedule, {
    forRun,
    inRun: (who: string, options: HorizonOptions = {}) => scheduleInRun(who, bindable, options),
  });
  return bindable;
}
