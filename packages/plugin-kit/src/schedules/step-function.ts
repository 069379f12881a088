import type { RunLength } from '../lengths/length.ts';

/**
 * A number for each step of a run, counted from 0: any function, or a schedule of `@cantrip/lr-schedules`.
 *
 * A plugin that takes one as an option follows it with {@link functionInRun}.
 */
export interface StepFunction {
  (step: number): number;
  /** The function in a run of this length; for functions that have lengths such as `'5ep'` or `'10%'`. */
  readonly forRun?: (run: RunLength) => BoundFunction;
}

/** A {@link StepFunction} whose lengths are known. */
export interface BoundFunction {
  (step: number): number;
  /** The length in steps, after which the value stays the same. Infinity if it has no end. */
  readonly steps: number;
}

/** What a plugin does about a function of the step whose length does not fit the run. */
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
