import { CantripError, oneOf, optional, readOptions } from '@cantrip/errors';
import type { FunctionInRun, HorizonOptions, State } from '@cantrip/trainer';
import { bindSchedule, type BoundSchedule, boundIn, type RunLength, type Schedule } from './schedule.ts';
import { sweepOf } from './learning-rate-sweep.ts';

/** The options of {@link scheduleInRun}. */
const horizonChecks = {
  pastEnd: optional(oneOf('throw', 'hold'), 'throw'),
  newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
};

/**
 * The run length that a schedule is bound to, and the run's position in the schedule. Plain data; part of a plugin's
 * state.
 */
export interface Horizon extends State {
  /** The run's length when this was computed. */
  readonly run: RunLength;
  /** The run's length that the schedule is bound to. */
  readonly curve: RunLength;
  /** At the run's step `step`, the schedule is at its own step `position`. It advances by `speed` at each step. */
  readonly step: number;
  readonly position: number;
  readonly speed: number;
}

/** {@link FunctionInRun} with horizons of this kind. */
interface ScheduleInRun extends FunctionInRun {
  settle(now: Now, saved: Horizon | undefined): Horizon;
  valueAt(now: Now, horizon: Horizon): number;
}

type Now = Parameters<FunctionInRun['settle']>[0];

/** Evaluates a schedule in a run. The length of the run may change when the run is resumed. */
export function scheduleInRun(who: string, schedule: Schedule, options: HorizonOptions): ScheduleInRun {
  const { pastEnd, newHorizon } = readOptions(who, horizonChecks, options);
  const bound = remembering(schedule);
  const fresh = (length: RunLength): Horizon => {
    const { steps } = bound(length);
    if (pastEnd !== 'hold' && steps < length.totalSteps) throw tooShort(who, steps, length);
    return fromStart(length);
  };
  return {
    settle({ stepsPerEpoch, totalSteps, step, run: host }, saved) {
      const run = { stepsPerEpoch, totalSteps };
      // A sweep must not change the schedule, so its length is ignored.
      if (sweepOf(host)) return saved ?? fromStart(run);
      if (!saved || step === 0) return fresh(run);
      if (!lengthsThatMatter(schedule, run).some((name) => run[name] !== saved.run[name])) {
        return saved.speed === 1 && saved.position === saved.step ? fresh(run) : { ...saved, run };
      }
      switch (newHorizon) {
        case 'keep':
          return { ...saved, run };
        case 'stretch':
          return fresh(run);
        case 'continue':
          return continued(place(step, saved), { ...saved, run, step });
        case undefined:
          throw changed(who, saved.run, run, step);
      }
    },
    // A sweep changes the learning rate only. Other schedules stay at the step where the sweep began.
    valueAt: ({ step, run }, horizon) => bound(horizon.curve)(place(sweepOf(run)?.from ?? step, horizon)),
  };
}

const fromStart = (run: RunLength): Horizon => ({ run, curve: run, step: 0, position: 0, speed: 1 });

function place(step: number, { position, speed, ...from }: Horizon): number {
  return position + (step - from.step) * speed;
}

function continued(position: number, horizon: Horizon): Horizon {
  const left = Math.max(0, horizon.curve.totalSteps - position);
  const steps = horizon.run.totalSteps - horizon.step;
  return { ...horizon, position, speed: steps > 0 ? left / steps : 1 };
}

/** Binds the schedule again only if the run's length changes. One plugin may serve several runs. */
function remembering(schedule: Schedule): (run: RunLength) => BoundSchedule {
  let last: { readonly bound: BoundSchedule; readonly run: RunLength } | undefined;
  return (run) => {
    if (last?.run.stepsPerEpoch !== run.stepsPerEpoch || last.run.totalSteps !== run.totalSteps) {
      last = { bound: bindSchedule(schedule, run), run };
    }
    return last.bound;
  };
}

/** The lengths of the run that a schedule reads when it is bound. */
function lengthsThatMatter(schedule: Schedule, run: RunLength): readonly (keyof RunLength)[] {
  const seen = new Set<keyof RunLength>();
  const look = (name: keyof RunLength): number => {
    seen.add(name);
    return run[name];
  };
  boundIn(schedule, {
    get stepsPerEpoch() {
      return look('stepsPerEpoch');
    },
    get totalSteps() {
      return look('totalSteps');
    },
  });
  return [...seen];
}

function tooShort(who: string, steps: number, { totalSteps }: RunLength): CantripError {
  return new CantripError('SCHEDULE_SHORT', {
    who,
    what: `the schedule has ${steps} steps, but the run has ${totalSteps}`,
    fix: "Make the schedule longer, for example with steps: '100%', or set pastEnd: 'hold' to keep its end value",
  });
}

function changed(who: string, before: RunLength, now: RunLength, step: number): CantripError {
  const said = ({ stepsPerEpoch, totalSteps }: RunLength): string =>
    `${totalSteps} steps (${stepsPerEpoch} per epoch)`;
  return new CantripError('SCHEDULE_HORIZON', {
    who,
    what: `the schedule depends on the length of the run, which was ${said(before)} and is now, at step ${step}, ${said(now)}`,
    fix: "Set newHorizon: 'keep' to keep the old schedule, 'stretch' to use the schedule of the new length, or 'continue' to spread the rest of the schedule over the rest of the run",
  });
}
