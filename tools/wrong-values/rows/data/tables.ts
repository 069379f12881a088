import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { learnEncoding, parseCsv } from '@cantrip/data/tables';
import { options, type Rows } from '../../row.ts';
import { arrayOf, flag, nothing, number, oneOf, optional, optionalOptions, text } from '../../rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'cantrip-wrong-tables-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const csv = 'x,c,y\n1,a,no\n2,b,yes\n';
writeFileSync(join(folder, 'a.csv'), csv);

const table = await parseCsv(csv);
const plan = {
  inputs: { x: { use: 'standardize', fill: 'mean' }, c: { use: 'oneHot', unknown: 'zeros' } },
  targets: 'y',
  classes: false,
} as const;
const kinds = {
  columns: optional(optionalOptions),
  'columns.x': oneOf('number', 'category'),
  missing: optional(arrayOf(text)),
  delimiter: optional(oneOf(',')),
};
const given = { columns: { x: 'number' }, missing: ['?'], delimiter: ',' };

/** Tables. */
export const tableRows: Rows = {
  parseCsv: { right: () => [csv, given], legal: [oneOf(csv), options(kinds, optionalOptions)] },
  readCsv: { right: () => [join(folder, 'a.csv'), given], legal: [nothing, options(kinds, optionalOptions)] },
  readParquet: {
    // What is right ends where the file would be read.
    right: () => [join(folder, 'a.csv'), { columns: ['x'] }],
    endsIn: 'cannot be read as Parquet',
    legal: [nothing, options({ columns: optional(arrayOf(text, { min: 1 })) }, optionalOptions)],
  },
  learnEncoding: {
    right: () => [table, plan],
    legal: [
      nothing,
      options({
        inputs: nothing,
        'inputs.x': oneOf('standardize', 'number', 'oneHot'),
        'inputs.x.use': oneOf('standardize', 'number'),
        'inputs.x.fill': optional(
          (value) => ['mean', 'median', 'mostFrequent'].includes(value as string) || number()(value),
        ),
        'inputs.c': oneOf('oneHot'),
        'inputs.c.use': oneOf('oneHot'),
        'inputs.c.unknown': optional(oneOf('refuse', 'zeros')),
        targets: oneOf('x', 'c', 'y'),
        classes: optional(flag),
      }),
    ],
  },
  encode: { right: () => [table, learnEncoding(table, plan)], legal: [nothing, nothing] },
};
