import { CantripError, describe } from '@cantrip/errors';
import type { Column, ColumnKind } from './table.ts';

/** The cells of one column, as they stand in a file: null where there is nothing. */
export interface Cells {
  readonly who: string;
  readonly name: string;
  readonly cells: readonly (string | null)[];
  readonly place: (row: number) => string;
}

const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
/** Postal codes and the like would lose their zeros. */
const leadingZero = /^\s*[+-]?0\d/;
const integer = /^\s*[+-]?\d+\s*$/;

/**
 * Makes a column of cells. Without a kind, all cells decide: they are numbers if each one is.
 *
 * @throws CantripError DATA_FORMAT that names row and column
 */
export function columnOfCells(given: Cells, kind: ColumnKind | undefined): Column {
  const wanted = kind ?? inferredKind(given);
  if (wanted === 'category') return { kind: 'category', values: given.cells };
  const values = Float64Array.from(given.cells, (cell, row) => {
    if (cell === null) return NaN;
    if (!number.test(cell))
      throw notNumber(
        given,
        row,
        'is not a number',
        "Correct it, name it in missing, or make the column a 'category'",
      );
    const value = Number(cell);
    if (isExact(cell, value)) return value;
    throw notNumber(
      given,
      row,
      'is larger than a number can hold exactly',
      "Make the column a 'category', or write it with fewer digits",
    );
  });
  return { kind: 'number', values };
}

function isExact(cell: string, value: number): boolean {
  return Number.isFinite(value) && (!integer.test(cell) || Number.isSafeInteger(value));
}

function inferredKind(given: Cells): ColumnKind {
  const present = given.cells.flatMap((cell, row) => (cell === null ? [] : [{ cell, row }]));
  const isPlain = (cell: string): boolean =>
    number.test(cell) && !leadingZero.test(cell) && isExact(cell, Number(cell));
  const other = present.filter(({ cell }) => !isPlain(cell));
  if (other.length === 0) return 'number';
  const words = other.find(({ cell }) => !number.test(cell));
  if (!words || 2 * other.length >= present.length) return 'category';
  throw notNumber(
    given,
    words.row,
    `is not a number, as ${present.length - other.length} of the ${present.length} values are`,
    'Name it in missing, or set columns to { ' + describe(given.name) + ": 'category' }",
  );
}

function notNumber({ who, name, cells, place }: Cells, row: number, what: string, fix: string): CantripError {
  return new CantripError('DATA_FORMAT', {
    who,
    what: `column ${describe(name)}, ${place(row)}: ${describe(cells[row])} ${what}`,
    fix,
  });
}
