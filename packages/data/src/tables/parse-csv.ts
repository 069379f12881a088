import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { columnOfCells } from './column-of-cells.ts';
import { type ColumnKind, type Table, tableOf } from './table.ts';

export interface CsvOptions {
  /** The kinds of columns by name. Those that are not named are numbers if every value is one, else categories. */
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  /** The texts that stand for a missing value; `['']` by default. `NA` is a text like any other unless it is named. */
  readonly missing?: readonly string[];
  /** The text between two values; `,` by default. */
  readonly delimiter?: string;
}

const schema = v.strictObject({
  columns: v.optional(v.record(v.string(), v.picklist(['number', 'category'])), {}),
  missing: v.optional(v.array(v.string()), ['']),
  delimiter: v.optional(v.pipe(v.string(), v.nonEmpty()), ','),
});

/**
 * Reads a table from the text of a CSV file, whose first line holds the names of the columns.
 *
 * Values may be quoted, and may then hold delimiters, line ends and doubled quotes. All rows decide the kind of a column, not
 * the first ones. A column of numbers that holds another text is refused, and so are rows of another length. Numbers with
 * leading zeros and integers above 2^53 stay texts, unless the column is named as one of numbers.
 *
 * The package csv-parse must be installed.
 *
 * @throws CantripError OPTION_INVALID, DATA_FORMAT, DATA_EMPTY or DATA_LIBRARY_ABSENT
 * @example
 * ```ts
 * const table = await parseCsv('age,city\n31,Rome\n,Oslo');
 * table.columns['age']; // { kind: 'number', values: Float64Array [31, NaN] }
 * ```
 */
export async function parseCsv(text: string, options: CsvOptions = {}): Promise<Table> {
  return tableOfText('parseCsv', text, options);
}

/** Does the same as {@link parseCsv}. Errors name the function that the user called. */
export async function tableOfText(who: string, text: unknown, options: unknown): Promise<Table> {
  const { columns: kinds, missing, delimiter } = parseOptions(who, schema, options);
  if (typeof text !== 'string') {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `text must be a string, got ${describe(text)}`,
      fix: text instanceof Promise ? 'Await text first' : 'Pass the text of the file, or its path to readCsv',
    });
  }
  const [header, ...rows] = await recordsOf(who, text, delimiter);
  if (!header || rows.length === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `the file must hold a line of names and at least one row, got ${header ? 'only the names' : 'nothing'}`,
      fix: 'Add rows',
    });
  }
  const names = header.cells;
  requireNames(who, names);
  const absent = Object.keys(kinds).find((name) => !names.includes(name));
  if (absent !== undefined) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `columns names ${describe(absent)}, but there is no such column`,
      fix: `The columns are ${names.map(describe).join(', ')}`,
    });
  }
  const places = Uint32Array.from(rows, ({ line }) => line);
  const place = (row: number): string => `line ${places[row]}`;
  const nothing = new Set(missing);
  const columns = names.map((name, at) => {
    const cells = rows.map((row) => (nothing.has(row.cells[at]!) ? null : row.cells[at]!));
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    return [name, columnOfCells({ who, name, cells, place }, kind)] as const;
  });
  return tableOf(Object.fromEntries(columns), places, 'line');
}

interface CsvRecord {
  readonly cells: readonly string[];
  /** The line in which the record begins, counted from 1. */
  readonly line: number;
}

async function recordsOf(who: string, text: string, delimiter: string): Promise<CsvRecord[]> {
  const { parse } = await import('csv-parse/sync').catch((cause: unknown) => {
    throw new CantripError('DATA_LIBRARY_ABSENT', {
      who,
      what: 'CSV files are read by the package csv-parse, which cannot be loaded',
      fix: 'Run npm install csv-parse',
      cause,
    });
  });
  try {
    const parsed = parse(text, {
      bom: true,
      delimiter,
      info: true,
      skip_empty_lines: true,
    }) as unknown as readonly Parsed[];
    return withLines(parsed);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CantripError('DATA_FORMAT', {
      who,
      what: `the file is not a table: ${reason}`,
      fix: 'Give each row as many values as there are names, and quote values that hold a delimiter or a quote',
      cause,
    });
  }
}

interface Parsed {
  readonly record: readonly string[];
  /** The line in which the record ends. A line end of Windows inside a value is counted twice. */
  readonly info: { readonly lines: number };
}

function withLines(parsed: readonly Parsed[]): CsvRecord[] {
  const count = (cells: readonly string[], pattern: RegExp): number =>
    cells.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0);
  let surplus = 0;
  return parsed.map(({ record, info }) => {
    surplus += count(record, /\r\n/g);
    return { cells: record, line: info.lines - surplus - count(record, /\r\n|\n|\r/g) };
  });
}

function requireNames(who: string, names: readonly string[]): void {
  const empty = names.indexOf('');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (empty === -1 && twice === undefined) return;
  throw new CantripError('DATA_FORMAT', {
    who,
    what: empty === -1 ? `two columns are named ${describe(twice)}` : `column ${empty + 1} has no name`,
    fix: 'Give each column a name of its own in the first line',
  });
}
