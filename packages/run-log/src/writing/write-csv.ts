import fs from 'node:fs/promises';
import { join } from 'node:path';
import { type Columns, csvHeader, csvRow } from '../folder/csv.ts';
import { type ScalarRow, scalarRowSchema } from '../folder/rows.ts';
import { runFiles } from '../folder/run-files.ts';
import { rowsOf } from '../reading/rows-of.ts';

const csvFile = { step: runFiles.steps, validation: runFiles.validations, epoch: runFiles.epochs } as const;

/** The path of the CSV file of a kind of rows. */
export const csvPath = (folder: string, kind: ScalarRow['kind']): string => join(folder, csvFile[kind]);

/**
 * Writes a CSV file anew from the JSON lines, e.g. with new columns.
 *
 * @returns its bytes
 */
export async function writeCsv(folder: string, kind: ScalarRow['kind'], columns: Columns): Promise<number> {
  const path = csvPath(folder, kind);
  const part = `${path}.part`;
  const file = await fs.open(part, 'w');
  let size = 0;
  try {
    let text = csvHeader(kind, columns);
    for await (const { row } of rowsOf(join(folder, runFiles.scalars), scalarRowSchema)) {
      if (row.kind === kind) text += csvRow(row, columns);
      if (text.length < 2 ** 16) continue;
      size += (await file.write(text)).bytesWritten;
      text = '';
    }
    size += (await file.write(text)).bytesWritten;
  } finally {
    await file.close();
  }
  await fs.rename(part, path);
  return size;
}
