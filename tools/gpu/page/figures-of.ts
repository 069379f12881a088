import { markdownTable } from '../../markdown/markdown-table.ts';

type Row = Readonly<Record<string, unknown>>;

/** Facts of where and when, which the page's first table has already. */
const known = new Set([
  'date',
  'machine',
  'what',
  'minutes',
  'threads',
  'steps',
  'rounds',
  'epochRounds',
  'warmUp',
]);

/**
 * What a program wrote, as lines of a page: `what` as a sentence, single values as one line, and each table of rows that
 * have the same names as a table.
 */
export function figuresOf(value: unknown): string[] {
  if (!isRow(value)) return [];
  const lines = typeof value['what'] === 'string' ? [`${capital(value['what'])}.`, ''] : [];
  const rest = Object.entries(value).filter(([name]) => !known.has(name));
  const single = rest.filter(([, each]) => !isTable(each));
  const tables = rest.filter(([, each]) => isTable(each));
  if (single.length > 0) lines.push(single.map(([name, each]) => `${name}: ${textOf(each)}`).join('; '), '');
  for (const [name, each] of tables) lines.push(tableOf(name, each), '');
  return lines.slice(0, -1);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Rows by name, or a list of rows. */
function isTable(value: unknown): boolean {
  const rows = Array.isArray(value)
    ? value
    : isRow(value) && !('median' in value)
      ? Object.values(value)
      : [];
  return rows.length > 0 && rows.every((row) => isRow(row) && !('median' in row));
}

function rowsOf(value: unknown): [title: string, row: Row][] {
  return Array.isArray(value)
    ? (value as Row[]).map((row, at) => [textOf(row['name'] ?? at + 1), row])
    : Object.entries(value as Readonly<Record<string, Row>>);
}

/** A row that holds a table itself becomes the rows of that table: a case and its contenders. */
function spread([title, row]: [string, Row]): [string, Row][] {
  const inner = Object.values(row).find((each) => Array.isArray(each) && isTable(each));
  return inner === undefined
    ? [[title, row]]
    : rowsOf(inner).map(([name, each]) => [`${title}, ${name}`, each]);
}

/** Of contenders: what stays in the file. */
const details = new Set([
  'name',
  'title',
  'family',
  'versions',
  'losses',
  'epoch',
  'reachedShare',
  'productMilliseconds',
]);

function tableOf(name: string, value: unknown): string {
  const rows = rowsOf(value).flatMap(spread);
  const columns = [...new Set(rows.flatMap(([, row]) => Object.keys(row)))].filter(
    (column) => !details.has(column),
  );
  return markdownTable(
    [name, ...columns],
    rows.map(([title, row]) => [title, ...columns.map((column) => textOf(row[column]))]),
  );
}

/** Longer lists stay in the file. */
const MOST = 6;

function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (isRow(value) && 'median' in value)
    return `${textOf(value['median'])} [${textOf(value['low'])}, ${textOf(value['high'])}]`;
  if (Array.isArray(value)) {
    const [first, more] = [value.slice(0, MOST), value.length - MOST];
    return first.map(textOf).join(', ') + (more > 0 ? ` and ${more} more` : '');
  }
  if (isRow(value))
    return Object.entries(value)
      .slice(0, MOST)
      .map(([name, each]) => `${name} ${textOf(each)}`)
      .join(', ');
  if (typeof value === 'number') return short(value);
  return typeof value === 'string' ? value.replaceAll('|', '/').replaceAll('\n', ' ') : JSON.stringify(value);
}

const short = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
