import { join, resolve } from 'node:path';
import { CantripError } from '@cantrip/errors';
import type * as v from 'valibot';
import { codes } from '../error-codes.ts';
import {
  type EpochRow,
  scalarRowSchema,
  type StepRow,
  type TimeRow,
  timeRowSchema,
  type ValidationRow,
} from '../folder/rows.ts';
import { runFiles } from '../folder/run-files.ts';
import type { RunInfo } from '../folder/run-info.ts';
import { checkFolder } from './check-folder.ts';
import { readRunInfo } from './read-run-info.ts';
import { rowsOf } from './rows-of.ts';

/** The log of a run. */
export interface RunLog {
  readonly info: RunInfo;
  readonly steps: readonly StepRow[];
  /** The validations within epochs. */
  readonly validations: readonly ValidationRow[];
  readonly epochs: readonly EpochRow[];
  readonly times: readonly TimeRow[];
}

/**
 * Reads the log of a run folder, also while the run is going on. A last line that is not whole is left out.
 *
 * @param folder - the folder that `runLog({ folder })` got
 * @throws CantripError RUN_LOG_READ if there is no log; RUN_LOG_INVALID, which names file and line; RUN_LOG_NEWER;
 *   OPTION_INVALID
 * @example
 * ```ts
 * const { epochs } = await readRunLog('runs/mnist');
 * epochs.at(-1)?.figures; // { loss: 0.02, accuracy: 0.99, validation_loss: 0.03, … }
 * ```
 */
export async function readRunLog(folder: string): Promise<RunLog> {
  checkFolder('readRunLog', folder);
  const path = resolve(folder);
  const info = readRunInfo(join(path, runFiles.run));
  if (!info) throw noLog(path);
  const scalars = await allOf(join(path, runFiles.scalars), scalarRowSchema);
  return {
    info,
    steps: scalars.filter((row): row is StepRow => row.kind === 'step'),
    validations: scalars.filter((row): row is ValidationRow => row.kind === 'validation'),
    epochs: scalars.filter((row): row is EpochRow => row.kind === 'epoch'),
    times: await allOf(join(path, runFiles.times), timeRowSchema),
  };
}

async function allOf<Row>(path: string, schema: v.GenericSchema<unknown, Row>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { row } of rowsOf(path, schema)) rows.push(row);
  return rows;
}

const noLog = (path: string): CantripError =>
  new CantripError(codes.RUN_LOG_READ, {
    who: 'run-log',
    what: `${path} is no run folder: it has no ${runFiles.run}`,
    fix: 'Pass the folder that runLog({ folder }) got',
  });
