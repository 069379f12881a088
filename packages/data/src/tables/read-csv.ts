import { CantripError } from '@cantrip/errors';
import { requirePath } from '../idx/require-path.ts';
import { bytesOf } from './bytes-of.ts';
import { type CsvOptions, tableOfText } from './parse-csv.ts';
import type { Table } from './table.ts';

const who = 'readCsv';

/**
 * Reads a table from a CSV file in UTF-8, as `parseCsv` does.
 *
 * @throws CantripError OPTION_INVALID, DATA_NOT_FOUND, DATA_FORMAT, DATA_EMPTY or DATA_LIBRARY_ABSENT
 * @example
 * ```ts
 * const table = await readCsv('people.csv', { columns: { zip: 'category' }, missing: ['', 'NA'] });
 * ```
 */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<Table> {
  requirePath(who, 'path', path);
  const bytes = await bytesOf(who, path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CantripError('DATA_FORMAT', {
      who,
      what: `${path} is not a text in UTF-8`,
      fix: 'Save it as UTF-8, or decode it yourself and pass the text to parseCsv',
      cause,
    });
  }
  return tableOfText(who, text, options);
}
