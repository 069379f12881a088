import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type Column, columnOf, requireTable, type Table } from './table.ts';

/** What becomes of a column: numbers standardised or as they are, or a category as one number for each of its values. */
type Use = 'standardize' | 'number' | 'oneHot';

interface ColumnPlan {
  readonly use: Use;
  /** What replaces a missing value: `mean`, `median`, a number, or a category. Without it, a missing value is refused. */
  readonly fill?: 'mean' | 'median' | 'mostFrequent' | number | { readonly category: string };
  /** What a category that was not learnt becomes: an error (`refuse`, the default) or `zeros`. */
  readonly unknown?: 'refuse' | 'zeros';
}

export interface EncodingPlan {
  /** The columns that the model sees, and what becomes of them. */
  readonly inputs: Readonly<Record<string, Use | ColumnPlan>>;
  /** The column to predict. Its categories become class indices, its numbers stay numbers. */
  readonly targets: string;
  /** Whether numbers of the target column are classes; false by default. */
  readonly classes?: boolean;
}

/** What was learnt of one column. */
export type EncodedColumn =
  | {
      readonly name: string;
      readonly use: 'number';
      readonly mean: number;
      readonly deviation: number;
      readonly fill: number | null;
    }
  | {
      readonly name: string;
      readonly use: 'oneHot';
      readonly categories: readonly string[];
      readonly fill: string | null;
      readonly unknown: 'refuse' | 'zeros';
    };

/** What was learnt of a table. It is plain data, so it can be written as JSON beside the model. */
export interface Encoding {
  readonly inputs: readonly EncodedColumn[];
  /** The names of the numbers that the model sees, e.g. `age`, `city=Rome`. */
  readonly features: readonly string[];
  readonly targets: string;
  /** The classes in the order of their indices; null if the target is a number. */
  readonly classes: readonly string[] | null;
}

const who = 'learnEncoding';
const use = v.picklist(['standardize', 'number', 'oneHot']);
const fill = v.union(
  [
    v.picklist(['mean', 'median', 'mostFrequent']),
    v.pipe(v.number(), v.finite()),
    v.strictObject({ category: v.string() }),
  ],
  "must be 'mean', 'median', 'mostFrequent', a number or { category }",
);
const plan = v.lazy((value) =>
  typeof value === 'string'
    ? use
    : v.strictObject({ use, fill: v.optional(fill), unknown: v.optional(v.picklist(['refuse', 'zeros'])) }),
);
const schema = v.strictObject({
  inputs: v.record(v.string(), plan),
  targets: v.string(),
  classes: v.optional(v.boolean(), false),
});

/**
 * Learns how to turn rows into numbers: means, standard deviations, categories and what fills gaps. Learn from the training
 * part alone, and `encode` both parts with the result.
 *
 * `standardize` gives `(value - mean) / deviation`, with the deviation of the population; a constant column gives 0. Gaps are
 * filled before. Categories and classes are sorted by their code points.
 *
 * @throws CantripError OPTION_INVALID; DATA_FORMAT that names the row of a missing value
 * @example
 * ```ts
 * const encoding = learnEncoding(train, {
 *   inputs: { age: { use: 'standardize', fill: 'median' }, city: 'oneHot' },
 *   targets: 'bought',
 * });
 * encoding.features; // ['age', 'city=Oslo', 'city=Rome']
 * ```
 * @see scikit-learn, `SimpleImputer`, `StandardScaler` and `OneHotEncoder`
 */
export function learnEncoding(table: Table, given: EncodingPlan): Encoding {
  requireTable(who, table);
  const { inputs, targets, classes } = parseOptions(who, schema, given);
  const entries = Object.entries(inputs) as [string, Use | ColumnPlan][];
  if (entries.length === 0)
    throw invalid('inputs must name at least one column', "Write inputs: { age: 'standardize' }");
  const learnt = entries.map(([name, how]) =>
    learnColumn(table, name, typeof how === 'string' ? { use: how } : how),
  );
  const target = columnOf(who, table, targets);
  return {
    inputs: learnt,
    features: learnt.flatMap((column) =>
      column.use === 'number' ? [column.name] : column.categories.map((one) => `${column.name}=${one}`),
    ),
    targets,
    classes: target.kind === 'category' || classes ? classesOf(table, targets, target) : null,
  };
}

function learnColumn(
  table: Table,
  name: string,
  { use, fill, unknown = 'refuse' }: ColumnPlan,
): EncodedColumn {
  const column = columnOf(who, table, name);
  if (use === 'oneHot') {
    const texts = textsOf(column);
    const filling =
      typeof fill === 'object' ? fill.category : fill === 'mostFrequent' ? mostFrequent(texts) : null;
    if (fill !== undefined && filling === null)
      throw invalid(
        `fill of ${describe(name)} must be 'mostFrequent' or { category }, got ${describe(fill)}`,
        'Set fill for a category',
      );
    requirePresent(table, name, texts, filling);
    const categories = [...new Set(texts.map((text) => text ?? filling!))].sort(byCodePoint);
    return { name, use, categories, fill: filling, unknown };
  }
  if (column.kind === 'category')
    throw invalid(
      `column ${describe(name)} holds categories, so it cannot be used as ${use}`,
      "Use it as 'oneHot', or read it as a number",
    );
  const numbers = [...column.values].filter((value) => !Number.isNaN(value));
  const filling = fill === undefined ? null : fillingOf(name, fill, numbers);
  requirePresent(table, name, column.values, filling);
  if (use === 'number') return { name, use: 'number', mean: 0, deviation: 1, fill: filling };
  const filled = column.values.map((value) => (Number.isNaN(value) ? filling! : value));
  const mean = meanOf(filled);
  const deviation = Math.sqrt(meanOf(filled.map((value) => (value - mean) ** 2)));
  const isConstant = deviation <= 1e-12 * Math.abs(mean);
  return { name, use: 'number', mean, deviation: isConstant ? 1 : deviation, fill: filling };
}

function fillingOf(name: string, fill: NonNullable<ColumnPlan['fill']>, numbers: readonly number[]): number {
  if (typeof fill === 'number') return fill;
  if (typeof fill === 'object')
    throw invalid(
      `fill of ${describe(name)} must be a number, because the column holds numbers`,
      "Set fill to 'mean', 'median' or a number",
    );
  if (numbers.length === 0)
    throw invalid(
      `column ${describe(name)} holds no value to learn from`,
      'Set fill to a number, or leave the column out',
    );
  if (fill === 'mean') return meanOf(numbers);
  if (fill === 'mostFrequent') return Number(mostFrequent(numbers.map(String)));
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function classesOf(table: Table, name: string, column: Column): readonly string[] {
  const texts = textsOf(column);
  requirePresent(table, name, texts, null);
  const classes = [...new Set(texts as string[])];
  return column.kind === 'number' ? classes.sort((a, b) => Number(a) - Number(b)) : classes.sort(byCodePoint);
}

/** The values of a column as texts; null where one is missing. */
export function textsOf(column: Column): readonly (string | null)[] {
  if (column.kind === 'category') return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
}

/** Refuses a missing value that nothing fills. */
export function requirePresent(
  { place }: Table,
  name: string,
  values: ArrayLike<number | string | null>,
  filling: number | string | null,
): void {
  if (filling !== null) return;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value !== null && !Number.isNaN(value)) continue;
    throw new CantripError('DATA_FORMAT', {
      who,
      what: `column ${describe(name)}, ${place(row)}: the value is missing`,
      fix: "Leave the row out, or set fill for this column, e.g. { use: 'standardize', fill: 'median' }",
    });
  }
}

/** The first in the order of code points, if several are as frequent. */
function mostFrequent(texts: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || byCodePoint(a, b));
  return sorted[0]?.[0] ?? null;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}

function byCodePoint(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  const at = a.findIndex((letter, index) => letter !== b[index]);
  if (at === -1) return a.length - b.length;
  return b[at] === undefined ? 1 : a[at]!.codePointAt(0)! - b[at].codePointAt(0)!;
}

function invalid(what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who, what, fix });
}
