import type { RunLength } from '../lengths/length.ts';

/**
 * A number for each step of a run, counted from 0: any function of the step, or a schedule of
 * `@cantrip/lr-schedules`.
 *
 * A plugin that accepts one as an option uses it with {@link functionInRun}.
 */
export interface StepFunction {
  (step: number): number;
  /** Binds the function to a run of this length. Only functions with lengths such as `'5ep'` or `'10%'` have it. */
  readonly forRun?: (run: RunLength) => BoundFunction;
}

/** A {@link StepFunction} whose lengths are known. */
export interface BoundFunction {
  (step: number): number;
  /** The length in steps, after which the value stays the same. Infinity if it has no end. */
  readonly steps: number;
}

/** What happens when a schedule's length does not match the run. */
export interface HorizonOptions {
  /**
   * What happens when the run is longer than the schedule. `throw` (the default): an error before the first step.
   * `hold`: the end value stays. A schedule without an end never throws.
   */
  readonly pastEnd?: 'throw' | 'hold' | undefined;
  /**
   * What happens when a started run continues with another length, and the schedule has lengths that depend on it,
   * such as `'100%'`. Without this option it is an error.
   *
   * - `keep`: the schedule keeps its length. After its end, its end value stays.
   * - `stretch`: the schedule gets the new length, as if from the start. The value may jump.
   * - `continue`: the rest of the schedule is spread over the rest of the run.
   */
  readonly newHorizon?: 'keep' | 'stretch' | 'continue' | undefined;
}
