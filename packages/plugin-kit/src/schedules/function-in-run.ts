import {
  CantripError,
  type Check,
  checkArgument,
  functionCheck,
  oneOf,
  optional,
  readOptions,
} from '@cantrip/errors';
import type { RunLength } from '../lengths/length.ts';
import type { BoundFunction, HorizonOptions, StepFunction } from './step-function.ts';

const nameCheck: Check<string> = (value) => (typeof value === 'string' ? undefined : 'must be a text');
const horizonChecks = {
  pastEnd: optional(oneOf('throw', 'hold'), 'throw'),
  newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
};

/**
 * The run length that a function of the step is bound to, and the run's position in the function. Plain data: a part
 * of the plugin's state.
 */
export interface Horizon {
  /** The run's length when this was computed. */
  readonly run: RunLength;
  /** The run's length that the function is bound to. */
  readonly curve: RunLength;
  /** At the run's step `step`, the function is at its own step `position`. It advances by `speed` at each step. */
  readonly step: number;
  readonly position: number;
  readonly speed: number;
}

/** What is read of the context of a host hook. */
export interface Now extends RunLength {
  readonly step: number;
  /** The step at which the functions stay, while the run holds them. */
  readonly heldAt?: number | undefined;
}

/** A {@link StepFunction} in a run. */
export interface FunctionInRun {
  /**
   * Call it in `onTrainBegin`, and keep the result in the plugin's state.
   *
   * @param saved - the horizon of the state; undefined before the first
   * @throws CantripError SCHEDULE_SHORT or SCHEDULE_HORIZON
   */
  settle(now: Now, saved: Horizon | undefined): Horizon;
  /** The value at the current step: call it in `scheduleLearningRate` and `scheduleScalars`. */
  valueAt(now: Now, horizon: Horizon): number;
}

/**
 * Follows a function of the step through a run. The length of the run may change when the run is resumed.
 *
 * @param who - how errors call the function, e.g. `labelSmoothing, smoothing`
 * @param fn - a schedule of `@cantrip/lr-schedules`, or any function of the step
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * function growingLoss(factor: StepFunction, options: HorizonOptions = {}): Plugin<{ horizon?: Horizon }> {
 *   const { settle, valueAt } = functionInRun('growingLoss', factor, options);
 *   return {
 *     name: 'growing-loss',
 *     state: () => ({}),
 *     onTrainBegin: (now) => void (now.state.horizon = settle(now, now.state.horizon)),
 *     scheduleScalars: (scalars, now) => ({ ...scalars, growth: valueAt(now, now.state.horizon!) }),
 *     transformLoss: (loss, { scalar }) => tf.mul(loss, scalar('growth')),
 *   };
 * }
 * ```
 */
export function functionInRun(who: string, fn: StepFunction, options: HorizonOptions = {}): FunctionInRun {
  checkArgument('functionInRun', 'who', nameCheck, who);
  checkArgument(who, 'the function of the step', functionCheck, fn);
  const { pastEnd, newHorizon } = readOptions(who, horizonChecks, options);
  const bound = remembering(fn);
  const fresh = (length: RunLength): Horizon => {
    const { steps } = bound(length);
    if (pastEnd !== 'hold' && steps < length.totalSteps) throw tooShort(who, steps, length);
    return fromStart(length);
  };
  return {
    settle({ stepsPerEpoch, totalSteps, step, heldAt }, saved) {
      const run = { stepsPerEpoch, totalSteps };
      // Held functions do not change, whatever the length of what holds them.
      if (heldAt !== undefined) return saved ?? fromStart(run);
      if (!saved || step === 0) return fresh(run);
      if (!lengthsThatMatter(fn, run).some((name) => run[name] !== saved.run[name])) {
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
    valueAt: ({ step, heldAt = step }, horizon) => bound(horizon.curve)(place(heldAt, horizon)),
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

/** A function without lengths is the same in every run, and has no end. */
function boundTo(fn: StepFunction, run: RunLength): BoundFunction {
  return fn.forRun?.(run) ?? Object.assign((step: number) => fn(step), { steps: Infinity });
}

/** Binds the function again only if the run's length changes. One plugin may serve several runs. */
function remembering(fn: StepFunction): (run: RunLength) => BoundFunction {
  let last: { readonly bound: BoundFunction; readonly run: RunLength } | undefined;
  return (run) => {
    if (last?.run.stepsPerEpoch !== run.stepsPerEpoch || last.run.totalSteps !== run.totalSteps) {
      last = { bound: boundTo(fn, run), run };
    }
    return last.bound;
  };
}

/** The lengths of the run that a function reads when it is bound. */
function lengthsThatMatter(fn: StepFunction, run: RunLength): readonly (keyof RunLength)[] {
  const seen = new Set<keyof RunLength>();
  const look = (name: keyof RunLength): number => {
    seen.add(name);
    return run[name];
  };
  boundTo(fn, {
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
