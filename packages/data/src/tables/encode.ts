import { CantripError, describe } from '@cantrip/errors';
import { type EncodedColumn, type Encoding, requirePresent, textsOf } from './learn-encoding.ts';
import { columnOf, requireTable, type Table } from './table.ts';

/** The arrays of a table, for `arrayDataset`. */
export interface EncodedTable {
  /** float32 [rows, features] */
  readonly inputs: { readonly values: Float32Array; readonly shape: number[] };
  /** int32 class indices [rows], or float32 [rows, 1] */
  readonly targets: { readonly values: Int32Array | Float32Array; readonly shape: number[] };
}

const who = 'encode';

/**
 * Turns the rows of a table into arrays, as an encoding of `learnEncoding` says.
 *
 * @throws CantripError OPTION_INVALID; DATA_FORMAT that names the row of a missing value or of an unknown category
 * @example
 * ```ts
 * const train = arrayDataset({ ...encode(trainTable, encoding), batchSize: 32, shuffle: true });
 * const test = arrayDataset({ ...encode(testTable, encoding), batchSize: 32 });
 * ```
 */
export function encode(table: Table, encoding: Encoding): EncodedTable {
  requireTable(who, table);
  requireEncoding(encoding);
  const { rows } = table;
  const width = encoding.features.length;
  const values = new Float32Array(rows * width);
  let at = 0;
  for (const column of encoding.inputs) {
    fillColumn(table, column, (row, feature, value) => (values[row * width + at + feature] = value));
    at += column.use === 'number' ? 1 : column.categories.length;
  }
  return { inputs: { values, shape: [rows, width] }, targets: targetsOf(table, encoding) };
}

function requireEncoding(encoding: unknown): asserts encoding is Encoding {
  const fits =
    typeof encoding === 'object' && encoding !== null && 'inputs' in encoding && 'features' in encoding;
  if (fits && Array.isArray(encoding.inputs) && Array.isArray(encoding.features)) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `encoding must be an encoding of learnEncoding, got ${describe(encoding)}`,
    fix: 'Learn one from the training part',
  });
}

function fillColumn(
  table: Table,
  learnt: EncodedColumn,
  write: (row: number, feature: number, value: number) => void,
): void {
  const column = columnOf(who, table, learnt.name);
  if (learnt.use === 'oneHot') {
    const texts = textsOf(column);
    requirePresent(table, learnt.name, texts, learnt.fill);
    const places = new Map(learnt.categories.map((category, place) => [category, place]));
    texts.forEach((text, row) => {
      const place = places.get(text ?? learnt.fill!);
      if (place !== undefined) write(row, place, 1);
      else if (learnt.unknown === 'refuse')
        throw unknownCategory(table, learnt.name, row, text, "or set unknown: 'zeros' for this column");
    });
    return;
  }
  if (column.kind === 'category') {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `column ${describe(learnt.name)} holds categories, but numbers were learnt`,
      fix: "Read it with columns: { … : 'number' }",
    });
  }
  requirePresent(table, learnt.name, column.values, learnt.fill);
  column.values.forEach((value, row) => {
    write(row, 0, ((Number.isNaN(value) ? learnt.fill! : value) - learnt.mean) / learnt.deviation);
  });
}

function targetsOf(table: Table, { targets, classes }: Encoding): EncodedTable['targets'] {
  const column = columnOf(who, table, targets);
  if (!classes) {
    const numbers = column.kind === 'number' ? column.values : Float64Array.of(NaN);
    requirePresent(table, targets, numbers, null);
    return { values: Float32Array.from(numbers), shape: [table.rows, 1] };
  }
  const texts = textsOf(column);
  requirePresent(table, targets, texts, null);
  const places = new Map(classes.map((name, index) => [name, index]));
  const values = Int32Array.from(texts, (text, row) => {
    const index = places.get(text!);
    if (index !== undefined) return index;
    throw unknownCategory(table, targets, row, text, 'or leave the row out');
  });
  return { values, shape: [table.rows] };
}

function unknownCategory(
  { place }: Table,
  name: string,
  row: number,
  text: string | null,
  fix: string,
): CantripError {
  return new CantripError('DATA_FORMAT', {
    who,
    what: `column ${describe(name)}, ${place(row)}: ${describe(text)} was not in the table from which the encoding was learnt`,
    fix: `Learn from rows that hold it, ${fix}`,
  });
}
