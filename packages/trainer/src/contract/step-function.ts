import type { HostContext, State } from './contexts.ts';

/**
 * A number for each step of a run, counted from 0: any function, or a schedule of `@cantrip/lr-schedules`.
 *
 * A plugin that takes one asks `inRun`, where there is one, in its host hooks; else it calls the function.
 */
export interface StepFunction {
  (step: number): number;
  /**
   * The function in a run, whose length it finds lengths such as `'5ep'` in, and which may be resumed.
   *
   * @param who - how errors call it, e.g. `labelSmoothing, smoothing`
   */
  readonly inRun?: (who: string, options?: HorizonOptions) => FunctionInRun;
}

/** What a plugin does about a schedule whose length does not fit the run. */
export interface HorizonOptions {
  /**
   * What happens when the run is longer than the schedule: `throw` an error before the first step, or `hold` the end
   * value. `throw` by default; a schedule without an end never throws.
   */
  readonly pastEnd?: 'throw' | 'hold' | undefined;
  /**
   * What happens when a run that has begun goes on with another length than before, and the schedule has lengths that
   * follow from it, such as `'100%'`. Without it that is an error.
   *
   * - `keep`: the schedule stays as long as it was; after its end, its end value stays.
   * - `stretch`: the schedule of the new length, as if it had been so from the start; the value may jump.
   * - `continue`: from where it is now, what is left of the schedule is spread over what is left of the run.
   */
  readonly newHorizon?: 'keep' | 'stretch' | 'continue' | undefined;
}

type Now = Pick<HostContext, 'run' | 'step' | 'stepsPerEpoch' | 'totalSteps'>;

/** A {@link StepFunction} in a run. A horizon is plain data for the plugin's state; undefined before the first. */
export interface FunctionInRun {
  /** For `onTrainBegin`: what lengths are measured against; throws SCHEDULE_SHORT or SCHEDULE_HORIZON. */
  settle(now: Now, saved: State | undefined): State;
  /** For `schedule…` hooks. */
  valueAt(now: Now, horizon: State): number;
}
