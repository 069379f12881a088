import type { Measurement } from '../measuring/result-files.ts';

/** What mode measure chose for one case. */
export interface TuningResult {
  readonly environment: Readonly<Record<string, string>>;
  readonly compile?: 'xla';
  /** Ways to run the step that it timed. */
  readonly ways: number;
  /** Step time of the choice over the defaults'; 1 where it is the defaults. */
  readonly ratio: number;
}

/** What tuning.json holds. */
export interface TuningResults extends Measurement {
  readonly what: string;
  readonly cases: Readonly<Record<string, TuningResult>>;
}
