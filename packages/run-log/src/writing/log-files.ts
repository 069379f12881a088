import fs from 'node:fs/promises';
import { join } from 'node:path';
import { type Columns, csvRow, withColumnsOf } from '../folder/csv.ts';
import { jsonOf } from '../folder/number-text.ts';
import { rowKinds, type ScalarRow, type TimeRow } from '../folder/rows.ts';
import { runFiles } from '../folder/run-files.ts';
import type { RunInfo } from '../folder/run-info.ts';
import { type AppendFile, openAppendFile } from './append-file.ts';
import { moveAside } from './move-aside.ts';
import type { Beginning } from './plan-beginning.ts';
import { csvPath, writeCsv } from './write-csv.ts';

/** A row and its time. */
export interface Entry {
  readonly row: ScalarRow;
  readonly time: TimeRow;
}

/** The files of a log, while it is written. */
export interface LogFiles {
  /** Adds entries. May be called again with the same entries after it failed. */
  add(entries: readonly Entry[]): Promise<void>;
  /** Replaces a file. */
  put(name: string, text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Begins or goes on with the log of a folder: cuts it back, and writes run.json. */
export async function openLogFiles(folder: string, beginning: Beginning, info: RunInfo): Promise<LogFiles> {
  await fs.mkdir(folder, { recursive: true });
  if (beginning.another) await moveAside(folder);
  else if (!beginning.predictions) await fs.rm(join(folder, runFiles.predictions), { force: true });
  await replaceFile(join(folder, runFiles.run), `${jsonOf(info)}\n`);
  const scalars = await openAppendFile(join(folder, runFiles.scalars), beginning.scalars);
  const times = await openAppendFile(join(folder, runFiles.times), beginning.times);
  const csv = new Map<ScalarRow['kind'], { columns: Columns; file: AppendFile }>();

  async function openCsv(kind: ScalarRow['kind'], columns: Columns): Promise<void> {
    await csv.get(kind)?.file.close();
    csv.delete(kind);
    const size = await writeCsv(folder, kind, columns);
    csv.set(kind, { columns, file: await openAppendFile(csvPath(folder, kind), size) });
  }
  async function addToCsv(kind: ScalarRow['kind'], rows: readonly ScalarRow[]): Promise<void> {
    if (rows.length === 0) return;
    const before = csv.get(kind);
    const columns = rows.reduce<Columns>(withColumnsOf, before?.columns ?? beginning.columns[kind]);
    // The JSON lines have these rows already.
    if (before?.columns !== columns) await openCsv(kind, columns);
    else await before.file.append(rows.map((row) => csvRow(row, columns)).join(''));
  }

  for (const kind of rowKinds) {
    // Without validations within epochs there is no file of them.
    const isThere = beginning.rows > 0 && (kind !== 'validation' || beginning.columns[kind].length > 0);
    if (isThere) await openCsv(kind, beginning.columns[kind]);
    else await fs.rm(csvPath(folder, kind), { force: true });
  }
  /** How many parts of the current entries are written, so that a second try repeats none. */
  let done = 0;
  return {
    async add(entries) {
      const parts = [
        () => scalars.append(entries.map(({ row }) => `${jsonOf(row)}\n`).join('')),
        () => times.append(entries.map(({ time }) => `${jsonOf(time)}\n`).join('')),
        ...rowKinds.map(
          (kind) => () =>
            addToCsv(
              kind,
              entries.map(({ row }) => row).filter((row) => row.kind === kind),
            ),
        ),
      ];
      for (; done < parts.length; done++) await parts[done]!();
      done = 0;
    },
    put: (name, text) => replaceFile(join(folder, name), text),
    sync: () => scalars.sync(),
    async close() {
      const all = [scalars, times, ...[...csv.values()].map(({ file }) => file)];
      for (const file of all) await file.close();
    },
  };
}

/** Replaces a file by another one, whole or not at all. */
async function replaceFile(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  await fs.writeFile(part, text);
  await fs.rename(part, path);
}
