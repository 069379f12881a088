import {
  type Predictions,
  readPredictions,
  readProfile,
  readRunLog,
  type RunLog,
  type StepProfile,
} from '@cantrip/run-log';
import type { FoundRun } from './find-runs.ts';

/** A run with what the report shows of it. */
export interface ShownRun {
  readonly name: string;
  /** The place in the list of runs, which chooses its colour. */
  readonly index: number;
  readonly log: RunLog;
  readonly predictions: Predictions | undefined;
  readonly profile: StepProfile | undefined;
}

/** @throws CantripError RUN_LOG_READ, RUN_LOG_INVALID, RUN_LOG_NEWER */
export async function readShownRuns(found: readonly FoundRun[]): Promise<readonly ShownRun[]> {
  const runs: ShownRun[] = [];
  // One after the other: a log may be large.
  for (const [index, { name, path }] of found.entries()) {
    const [predictions, profile] = [readPredictions(path), readProfile(path)];
    runs.push({ name, index, log: await readRunLog(path), predictions, profile });
  }
  return runs;
}
