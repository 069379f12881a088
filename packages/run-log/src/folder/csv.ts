import { numberText } from './number-text.ts';
import type { Numbers, ScalarRow } from './rows.ts';

/** The columns of a CSV file: those that every row has, and those of named numbers, in the order of their first appearance. */
export type Columns = readonly string[];

const fixed = {
  step: ['step', 'epoch', 'loss', 'learningRate'],
  validation: ['step', 'epoch'],
  epoch: ['step', 'epoch'],
} as const;

const numbersOf = (row: ScalarRow): Numbers => (row.kind === 'step' ? row.scalars : row.figures);

/** The columns with those of one more row. The same list if it has no new one. */
export function withColumnsOf(columns: Columns, row: ScalarRow): Columns {
  const fresh = Object.keys(numbersOf(row)).filter((name) => !columns.includes(name));
  return fresh.length === 0 ? columns : [...columns, ...fresh];
}

/** The first line. The named numbers of a step stand after its own columns, also if a name is one of theirs. */
export const csvHeader = (kind: ScalarRow['kind'], columns: Columns): string =>
  csvLine([...fixed[kind], ...columns]);

/** The line of a row. A number that the row does not have is empty. */
export function csvRow(row: ScalarRow, columns: Columns): string {
  const own = row.kind === 'step' ? [row.step, row.epoch, row.loss, row.learningRate] : [row.step, row.epoch];
  const numbers = numbersOf(row);
  const named = columns.map((name) => (Object.hasOwn(numbers, name) ? numberText(numbers[name]!) : ''));
  return csvLine([...own.map(numberText), ...named]);
}

const csvLine = (cells: readonly string[]): string => `${cells.map(cellOf).join(',')}\n`;

/** As RFC 4180 quotes cells. */
const cellOf = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
