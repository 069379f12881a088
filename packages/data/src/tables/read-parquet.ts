import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { requirePath } from '../idx/require-path.ts';
import { bytesOf } from './bytes-of.ts';
import { type Column, type Table, tableOf } from './table.ts';

export interface ParquetOptions {
  /** The names of the columns to read; all by default. */
  readonly columns?: readonly string[];
}

const who = 'readParquet';
const schema = v.strictObject({ columns: v.optional(v.pipe(v.array(v.string()), v.nonEmpty())) });

/**
 * Reads a table from a Parquet file.
 *
 * Numbers and booleans become numbers, texts become categories, null is a missing value. Integers above 2^53 become
 * categories if all values of the column are integers. Dates, lists and other nested values are refused.
 *
 * The package hyparquet must be installed. It reads files without compression and with Snappy.
 *
 * @throws CantripError OPTION_INVALID, DATA_NOT_FOUND, DATA_FORMAT, DATA_EMPTY or DATA_LIBRARY_ABSENT
 * @example
 * ```ts
 * const table = await readParquet('people.parquet', { columns: ['age', 'city'] });
 * ```
 */
export async function readParquet(path: string, options: ParquetOptions = {}): Promise<Table> {
  requirePath(who, 'path', path);
  const { columns } = parseOptions(who, schema, options);
  const rows = await rowsOf(path, columns);
  const names = columns ?? Object.keys(rows[0] ?? {});
  if (rows.length === 0) {
    throw new CantripError('DATA_EMPTY', { who, what: `${path} holds no row`, fix: 'Pass a file with rows' });
  }
  const absent = names.find((name) => !(name in rows[0]!));
  if (absent !== undefined) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `columns names ${describe(absent)}, but there is no such column`,
      fix: `The columns are ${Object.keys((await rowsOf(path, undefined))[0]!)
        .map(describe)
        .join(', ')}`,
    });
  }
  const places = Uint32Array.from(rows, (_, row) => row + 1);
  const parts = names.map(
    (name) =>
      [
        name,
        columnOfValues(
          name,
          rows.map((row) => row[name]),
        ),
      ] as const,
  );
  return tableOf(Object.fromEntries(parts), places, 'row');
}

async function rowsOf(
  path: string,
  columns: readonly string[] | undefined,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { parquetReadObjects } = await import('hyparquet').catch((cause: unknown) => {
    throw new CantripError('DATA_LIBRARY_ABSENT', {
      who,
      what: 'Parquet files are read by the package hyparquet, which cannot be loaded',
      fix: 'Run npm install hyparquet',
      cause,
    });
  });
  const bytes = await bytesOf(who, path);
  try {
    const file = Uint8Array.from(bytes).buffer;
    return (await parquetReadObjects({ file, ...(columns && { columns: [...columns] }) })) as Record<
      string,
      unknown
    >[];
  } catch (cause) {
    if (cause instanceof Error && /columns? not found/i.test(cause.message)) return [{}];
    throw new CantripError('DATA_FORMAT', {
      who,
      what: `${path} cannot be read as Parquet: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Write the file again, without compression or with Snappy',
      cause,
    });
  }
}

function columnOfValues(name: string, values: readonly unknown[]): Column {
  const isMissing = (value: unknown): boolean => value === null || value === undefined;
  const present = values.filter((value) => !isMissing(value));
  const areIntegers = present.every((value) => typeof value === 'bigint' || Number.isSafeInteger(value));
  const isBig = (value: unknown): boolean =>
    typeof value === 'bigint' && !Number.isSafeInteger(Number(value));
  if (present.every((value) => typeof value === 'string') || (areIntegers && present.some(isBig)))
    return { kind: 'category', values: values.map((value) => (isMissing(value) ? null : String(value))) };
  return {
    kind: 'number',
    values: Float64Array.from(values, (value, row) => {
      if (isMissing(value)) return NaN;
      if (['number', 'boolean', 'bigint'].includes(typeof value) && !isBig(value)) return Number(value);
      throw new CantripError('DATA_FORMAT', {
        who,
        what: `column ${describe(name)}, row ${row + 1}: ${describe(value)} is neither a number nor a text`,
        fix: 'Convert this column before, or name only the other columns in the option columns',
      });
    }),
  };
}
