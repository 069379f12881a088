import { CantripError, oneOf, optional, readOptions } from '@cantrip/errors';
import type { FunctionInRun, HorizonOptions, State } from '@cantrip/trainer';
import { bindSchedule, type BoundSchedule, boundIn, type RunLength, type Schedule } from './schedule.ts';
import { sweepOf } from './learning-rate-sweep.ts';

/** The options of {@link scheduleInRun}. */
const horizonChecks = {
  pastEnd: optional(oneOf('throw', 'hold'), 'throw'),
  newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
};

/** Against which length a schedule is measured, and how far on it the run is; plain data, part of a plugin's state. */
export interface Horizon extends State {
  /** The run's length when this was settled. */
  readonly run: RunLength;
  /** The run's length that the schedule is bound to. */
  readonly curve: RunLength;
  /** At the run's step `step` the schedule is at its own step `position` and moves on by `speed` a step. */
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

/** Follows a schedule through a run whose length may change when it is resumed. */
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
      // The length of a sweep is of no concern.
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
    // A sweep asks for the learning rate alone: all else stays as it is where the run stands.
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

/** Binds anew only when the run's length changes; the object may serve several runs in turn. */
function remembering(schedule: Schedule): (run: RunLength) => BoundSchedule {
  let last: { readonly bound: BoundSchedule; readonly run: RunLength } | undefined;
  return (run) => {
    if (last?.run.stepsPerEpoch !== run.stepsPerEpoch || last.run.totalSteps !== run.totalSteps) {
      last = { bound: bindSchedule(schedule, run), run };
    }
    return last.bound;
  };
}

/** Which lengths of the run a schedule looks at when it is bound. */
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
    what: `the schedule ends after ${steps} of ${totalSteps} steps`,
    fix: "Make it longer, e.g. with steps '100%', or say pastEnd: 'hold' to keep its end value for the rest",
  });
}

function changed(who: string, before: RunLength, now: RunLength, step: number): CantripError {
  const said = ({ stepsPerEpoch, totalSteps }: RunLength): string =>
    `${totalSteps} steps, ${stepsPerEpoch} an epoch`;
  return new CantripError('SCHEDULE_HORIZON', {
    who,
    what: `the run had ${said(before)}, and goes on at step ${step} with ${said(now)}, but the schedule follows from these`,
    fix: "Say newHorizon: 'keep' for the old schedule, 'stretch' for the one of the new length, or 'continue' to spread what is left of it over what is left of the run",
  });
}
