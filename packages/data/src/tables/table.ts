import { CantripError, describe } from '@cantrip/errors';
import { requireList } from '../source/require-list.ts';

export type ColumnKind = 'number' | 'category';

/** The values of one column. A missing number is NaN, a missing category is null. */
export type Column =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'category'; readonly values: readonly (string | null)[] };

/** Rows with named columns, in memory. */
export interface Table {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
  /** Says where a row stands in its file, e.g. `line 5`. */
  place(row: number): string;
  /** Returns the rows at these positions, e.g. of `splitPositions`. */
  select(positions: Iterable<number>): Table;
}

/** Makes a table. `places` holds the number of each row in its file. */
export function tableOf(
  columns: Readonly<Record<string, Column>>,
  places: Uint32Array,
  word: 'line' | 'row',
): Table {
  return {
    rows: places.length,
    columns,
    place: (row) => `${word} ${places[row] ?? '?'}`,
    select(positions) {
      requireList('select', 'positions', positions);
      const chosen = Uint32Array.from(positions, (position) => {
        if (Number.isSafeInteger(position) && position >= 0 && position < places.length)
          return position as number;
        throw new CantripError('OPTION_INVALID', {
          who: 'select',
          what: `positions must hold integers in [0, ${places.length}), got ${describe(position)}`,
          fix: 'Pass positions of splitPositions or foldPositions',
        });
      });
      const part = (column: Column): Column =>
        column.kind === 'number'
          ? { kind: 'number', values: Float64Array.from(chosen, (row) => column.values[row]!) }
          : { kind: 'category', values: Array.from(chosen, (row) => column.values[row]!) };
      return tableOf(
        Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, part(column)])),
        chosen.map((row) => places[row]!),
        word,
      );
    },
  };
}

/** @throws CantripError OPTION_INVALID if the table has no column of this name */
export function columnOf(who: string, { columns }: Table, name: string): Column {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column) return column;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `the table has no column ${describe(name)}`,
    fix: `Its columns are ${Object.keys(columns).map(describe).join(', ')}`,
  });
}

/** @throws CantripError OPTION_INVALID if a value is no table */
export function requireTable(who: string, table: unknown): asserts table is Table {
  const fits = typeof table === 'object' && table !== null && 'columns' in table && 'place' in table;
  if (fits && typeof table.place === 'function') return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `table must be a table of readCsv, parseCsv or readParquet, got ${describe(table)}`,
    fix: table instanceof Promise ? 'Await table first' : 'Read one, e.g. with readCsv',
  });
}
