import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { runKey, type RunRecord } from '../run/run-record.ts';
import { checkSameExperiment, type LogHeader } from './log-header.ts';
import { lockLog } from './lock-log.ts';

/** The finished runs of one experiment in a file: a header, then one line of JSON for each run. */
export interface RunLog {
  /** The runs, by {@link runKey}. */
  readonly records: ReadonlyMap<string, RunRecord>;
  /** Writes a run completely to the disk before it counts as done. */
  append(record: RunRecord): void;
  close(): void;
}

export interface OpenRunLogOptions {
  /** Whether to use results of a changed experiment. */
  readonly acceptChanged: boolean;
}

/**
 * Opens a log, or creates it. An incomplete last line, left by a killed process, is removed.
 *
 * @throws CantripError ABLATION_CHANGED, ABLATION_BUSY; DATA_FORMAT if another line is damaged
 */
export function openRunLog(path: string, header: LogHeader, { acceptChanged }: OpenRunLogOptions): RunLog {
  mkdirSync(dirname(path), { recursive: true });
  const unlock = lockLog(path);
  try {
    const lines = existsSync(path) ? completeLines(path) : [];
    const records = new Map<string, RunRecord>();
    let written: LogHeader | undefined;
    lines.forEach((line, index) => {
      const entry = parse(path, line, index);
      if ('format' in entry) written = entry;
      else records.set(runKey(entry), entry);
    });
    if (written !== undefined && !acceptChanged) checkSameExperiment(path, written, header);
    if (JSON.stringify(written) !== JSON.stringify(header)) appendLine(path, header);
    return {
      records,
      append(record) {
        appendLine(path, record);
        records.set(runKey(record), record);
      },
      close: unlock,
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Reads all complete lines and cuts off the rest of the file. */
function completeLines(path: string): string[] {
  const bytes = ordinaryBytes(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
  return bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
}

/** A pipe would wait forever for whoever writes to it, so the file is opened without waiting. */
function ordinaryBytes(path: string): Buffer {
  // Windows has neither this flag nor pipes among its files.
  const withoutWaiting = (constants.O_NONBLOCK as number | undefined) ?? 0;
  const file = openSync(path, constants.O_RDONLY | withoutWaiting);
  try {
    if (fstatSync(file).isFile()) return readFileSync(file);
  } finally {
    closeSync(file);
  }
  throw new CantripError('DATA_FORMAT', {
    who: 'ablate',
    what: `${path} must be a file of runs, got a folder, a pipe or a device`,
    fix: 'Remove it, or pass another folder',
  });
}

function parse(path: string, line: string, index: number): LogHeader | RunRecord {
  try {
    const entry = JSON.parse(line) as LogHeader | RunRecord;
    if ('format' in entry || ('tricks' in entry && 'seed' in entry)) return entry;
  } catch {
    // The error below says more.
  }
  throw new CantripError('DATA_FORMAT', {
    who: 'ablate',
    what: `line ${index + 1} of ${path} must be a run, got ${line.slice(0, 60)}`,
    fix: 'Remove this line, or use another folder',
  });
}

/**
 * Appends a line with a single write, so lines do not mix, and waits for the disk, so a power cut loses no reported
 * run.
 */
function appendLine(path: string, entry: LogHeader | RunRecord): void {
  const file = openSync(path, 'a');
  try {
    writeSync(file, `${JSON.stringify(entry)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
