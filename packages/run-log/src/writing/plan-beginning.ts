import { join } from 'node:path';
import { type Columns, withColumnsOf } from '../folder/csv.ts';
import { isDoneAt, type ScalarRow, scalarRowSchema, timeRowSchema } from '../folder/rows.ts';
import { runFiles } from '../folder/run-files.ts';
import type { RunInfo } from '../folder/run-info.ts';
import { readPredictions } from '../reading/read-predictions.ts';
import { readRunInfo } from '../reading/read-run-info.ts';
import { rowsOf } from '../reading/rows-of.ts';

/** How a log begins at a position. Nothing is changed before the first row is written. */
export interface Beginning {
  /** Whether the folder holds the log of another run, which is moved to `earlier/`. */
  readonly another: boolean;
  readonly info: RunInfo | undefined;
  /** The bytes of each file that stay. */
  readonly scalars: number;
  readonly times: number;
  /** The rows that stay. */
  readonly rows: number;
  /** The seconds of training so far. */
  readonly seconds: number;
  /** Whether the predictions of the folder stay: they are none of a later step. */
  readonly predictions: boolean;
  readonly columns: Readonly<Record<ScalarRow['kind'], Columns>>;
}

/** The place of a run in its course. */
export interface At {
  readonly step: number;
  readonly epoch: number;
  readonly seed: number;
  /** The rows that the run has written up to there. */
  readonly rows: number;
}

/**
 * Looks at what a folder holds for a run at this position.
 *
 * @throws CantripError RUN_LOG_INVALID, RUN_LOG_NEWER, RUN_LOG_READ
 */
export async function planBeginning(folder: string, at: At): Promise<Beginning> {
  const info = readRunInfo(join(folder, runFiles.run));
  const fresh = {
    info: undefined,
    scalars: 0,
    times: 0,
    rows: 0,
    seconds: 0,
    predictions: false,
    columns: { step: [], validation: [], epoch: [] },
  };
  // A run at its start, or one of another seed, does not go on with the log.
  if (info && (at.step === 0 || info.seed !== at.seed)) return { ...fresh, another: true };
  let [scalars, times, rows, moments, seconds] = [0, 0, 0, 0, 0];
  /** A run that was saved between a step and its validation repeats the validation. */
  const stays = (row: Pick<ScalarRow, 'kind' | 'step' | 'epoch'>, index: number): boolean =>
    isDoneAt(row, at) && !(row.kind === 'validation' && row.step === at.step && index >= at.rows);
  let columns: Beginning['columns'] = fresh.columns;
  for await (const { row, end } of rowsOf(join(folder, runFiles.scalars), scalarRowSchema)) {
    if (!stays(row, rows)) break;
    scalars = end;
    rows += 1;
    columns = { ...columns, [row.kind]: withColumnsOf(columns[row.kind], row) };
  }
  for await (const { row, end } of rowsOf(join(folder, runFiles.times), timeRowSchema)) {
    if (!stays(row, moments)) break;
    times = end;
    moments += 1;
    seconds = row.seconds;
  }
  const predictions = predictedUpTo(folder, at.step);
  return { another: false, info, scalars, times, rows, seconds, predictions, columns };
}

/** Predictions that cannot be read are those of no step. */
function predictedUpTo(folder: string, step: number): boolean {
  try {
    return (readPredictions(folder)?.step ?? Infinity) <= step;
  } catch {
    return false;
  }
}
