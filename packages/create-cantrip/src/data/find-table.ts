import { closeSync, openSync, readSync } from 'node:fs';
import { type Column, readCsv, readParquet, type Table } from '@cantrip/data/tables';
import { CantripError, describe } from '@cantrip/errors';
import { codes, who } from '../error-codes.ts';
import type { InputColumn, LeftOut, TableData, Target } from './found-data.ts';
import { requireParts } from './require-parts.ts';

/** Names that people give to the column to predict. */
const targetNames = ['target', 'label', 'class', 'y', 'outcome'];

/** The most texts of a column that become one number each, and the most numbers that are taken for classes. */
const most = { texts: 50, classes: 10 };

/**
 * Looks at a table, and decides what becomes of its columns.
 *
 * @throws CantripError CREATE_CANTRIP_DATA, OPTION_INVALID, or what the reader throws
 */
export async function findTable(
  file: string,
  kind: 'csv' | 'parquet',
  wanted: string | undefined,
): Promise<Omit<TableData, 'path'>> {
  const delimiter = kind === 'csv' ? delimiterOf(file) : ',';
  const table = kind === 'csv' ? await readCsv(file, { delimiter }) : await readParquet(file);
  const target = targetOf(file, table, wanted);
  const columns = Object.entries(table.columns).filter(([name]) => name !== target.name);
  const judged = columns.map(([name, column]) => ({ name, column, reason: whyLeftOut(name, column) }));
  const inputs = judged
    .filter(({ reason }) => reason === undefined)
    .map(({ name, column }) => inputOf(name, column));
  const leftOut = judged.flatMap(({ name, reason }): LeftOut[] =>
    reason === undefined ? [] : [{ name, reason }],
  );
  if (inputs.length > 0) return { kind, delimiter, rows: table.rows, inputs, leftOut, target };
  throw refusal(
    `${file} has no column to predict ${describe(target.name)} from`,
    leftOut[0] === undefined
      ? 'Add columns'
      : `Change the columns, e.g. ${leftOut[0].name}, which ${leftOut[0].reason}`,
  );
}

function targetOf(file: string, table: Table, wanted: string | undefined): Target {
  const names = Object.keys(table.columns);
  if (wanted !== undefined && !names.includes(wanted)) {
    throw refusal(
      `${file} has no column ${describe(wanted)}`,
      `Its columns are ${names.slice(0, 20).map(describe).join(', ')}${names.length > 20 ? ', …' : ''}`,
    );
  }
  const name = wanted ?? names.find((one) => targetNames.includes(one.toLowerCase())) ?? names.at(-1)!;
  const column = table.columns[name]!;
  const texts = textsOf(column);
  const gap = texts.indexOf(null);
  if (gap !== -1) {
    throw refusal(
      `column ${describe(name)} of ${file} is to be predicted, but its value is missing in ${table.place(gap)}`,
      'Remove such rows, or name another column with --target',
    );
  }
  const values = new Set(texts);
  const isClass = column.kind === 'category' || areClasses(column.values, values.size);
  if (values.size < 2 || (isClass && values.size > table.rows / 2)) {
    throw refusal(
      `column ${describe(name)} of ${file} cannot be predicted: it has ${values.size === 1 ? 'one value' : `${values.size} different texts`} in ${table.rows} rows`,
      'Name another column with --target',
    );
  }
  requireParts(file, table.rows, isClass ? (texts as readonly string[]) : undefined);
  return { name, isClass, kind: column.kind };
}

/** Whether numbers are names of classes: a few integers, each of them often. */
function areClasses(values: Float64Array, different: number): boolean {
  return values.every(Number.isSafeInteger) && different <= most.classes && values.length >= 5 * different;
}

function whyLeftOut(name: string, column: Column): string | undefined {
  const texts = textsOf(column).filter((text) => text !== null);
  const different = new Set(texts).size;
  if (different === 0) return 'has no value';
  if (different === 1) return 'has the same value in all rows';
  if (column.kind === 'category') {
    return different > most.texts || different > texts.length / 2
      ? `has ${different} different texts`
      : undefined;
  }
  const isId = /^(id|index|row|unnamed: 0)$|[_ ]id$|Id$/i.test(name);
  return isId && different === texts.length ? 'numbers the rows' : undefined;
}

const inputOf = (name: string, column: Column): InputColumn => ({
  name,
  kind: column.kind,
  hasGaps: textsOf(column).includes(null),
});

function textsOf({ kind, values }: Column): readonly (string | null)[] {
  return kind === 'category'
    ? values
    : Array.from(values, (value) => (Number.isNaN(value) ? null : String(value)));
}

/** The delimiter that is the most frequent in the first line. */
function delimiterOf(file: string): string {
  const bytes = new Uint8Array(64 * 1024);
  const opened = openSync(file, 'r');
  const read = readSync(opened, bytes);
  closeSync(opened);
  const [line = ''] = Buffer.from(bytes.subarray(0, read)).toString('utf8').split(/\r?\n/);
  const counted = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counted.sort((a, b) => b.count - a.count)[0]!.delimiter;
}

function refusal(what: string, fix: string): CantripError {
  return new CantripError(codes.CREATE_CANTRIP_DATA, { who, what, fix });
}
