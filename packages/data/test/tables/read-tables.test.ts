import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCsv, readCsv, readParquet, type Table } from '@cantrip/data/tables';
import { loadGolden } from '@cantrip/testing';
import { afterAll, describe, expect, it } from 'vitest';

type Values = readonly (number | string | null)[];
interface Cases {
  readonly csv: Readonly<
    Record<string, { text: string; delimiter?: string; columns: Record<string, Values> }>
  >;
  readonly parquet: Readonly<Record<string, { file: string; columns: Record<string, Values> }>>;
  readonly big: string;
}

const { cases } = loadGolden<Cases>(new URL('../golden/tables.json', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cantrip-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const valuesOf = ({ columns }: Table): Record<string, Values> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, { values }]) => [
      name,
      Array.from(values as Iterable<number | string | null>, (value) => (Number.isNaN(value) ? null : value)),
    ]),
  );

describe('a CSV file', () => {
  it.each(Object.entries(cases.csv))(
    'has the columns of pandas: %s',
    async (_, { text, delimiter, columns }) => {
      const options = delimiter === undefined ? {} : { delimiter };
      expect(valuesOf(await parseCsv(text, options))).toEqual(columns);
      expect(valuesOf(await readCsv(written('a.csv', `\uFEFF${text}`), options))).toEqual(columns);
    },
  );

  it('decides the kind of a column by all rows, not by the first ones', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) => `${index}`).join('\n');
    await expect(parseCsv(`n\n${rows}\nV0100\n`)).rejects.toThrow(
      'column "n", line 2002: "V0100" is not a number, as 2000 of the 2001 values are',
    );
    const { columns } = await parseCsv(`n\n${rows}\nV0100\n`, { columns: { n: 'category' } });
    expect(columns['n']!.values.at(-1)).toBe('V0100');
  });

  it('keeps leading zeros and large integers as texts', async () => {
    const { columns } = await parseCsv('zip,id\n02138,9007199254740993\n10115,1\n');
    expect(columns['zip']!.values).toEqual(['02138', '10115']);
    expect(columns['id']!.values).toEqual(['9007199254740993', '1']);
    await expect(parseCsv('id\n9007199254740993\n', { columns: { id: 'number' } })).rejects.toThrow('line 2');
  });

  it('names the line in which a row begins, also after values of several lines', async () => {
    const text = 'a,n\n"x\ny",1\n"z\r\nz\nz",two\n';
    await expect(parseCsv(text, { columns: { n: 'number' } })).rejects.toThrow('column "n", line 4: "two"');
  });

  it('takes as missing what is named, and nothing else', async () => {
    const { columns } = await parseCsv('n,c\n1,NA\n?,x\n', { missing: ['?'] });
    expect([...columns['n']!.values]).toEqual([1, NaN]);
    expect(columns['c']!.values).toEqual(['NA', 'x']);
  });

  it('gives parts that still know their lines', async () => {
    const table = await parseCsv('n\n1\n2\n3\n');
    const part = table.select([2, 0]);
    expect([[...part.columns['n']!.values], part.place(0), part.rows]).toEqual([[3, 1], 'line 4', 2]);
    expect(() => table.select([3])).toThrow('[0, 3)');
  });

  it.each<[string, string, object, string]>([
    ['a row that is too long', 'a,b\n1,2,3\n', {}, 'line 2'],
    ['a row that is too short', 'a,b\n1,2\n3\n', {}, 'line 3'],
    ['a name twice', 'a,a\n1,2\n', {}, 'two columns are named "a"'],
    ['a column without a name', 'a,\n1,2\n', {}, 'column 2 has no name'],
    ['an open quote', 'a\n"1\n', {}, 'not a table'],
    ['a stray quote', 'a\n1"2"\n', {}, 'not a table'],
    ['nothing', '', {}, 'got nothing'],
    ['only names', 'a,b\n', {}, 'got only the names'],
    ['a column that is absent', 'a\n1\n', { columns: { b: 'number' } }, 'there is no such column'],
    ['a kind that is none', 'a\n1\n', { columns: { a: 'integer' } }, 'columns'],
    ['a decimal comma', 'a\n"1,5"\n', { columns: { a: 'number' } }, '"1,5" is not a number'],
    ['infinity', 'a\ninf\n', { columns: { a: 'number' } }, '"inf" is not a number'],
    ['a number beyond all', 'a\n1e999\n', { columns: { a: 'number' } }, 'line 2'],
    ['a space for a number', 'a\n" "\n', { columns: { a: 'number' } }, 'is not a number'],
  ])('refuses %s', async (_, text, options, words) => {
    await expect(parseCsv(text, options)).rejects.toThrow(words);
  });

  it('refuses a file that is absent or not UTF-8', async () => {
    await expect(readCsv(join(folder, 'absent.csv'))).rejects.toMatchObject({ code: 'DATA_NOT_FOUND' });
    await expect(readCsv(written('b.csv', Uint8Array.of(97, 10, 0xe9, 10)))).rejects.toThrow('UTF-8');
  });

  it('has columns with names of the prototype', async () => {
    const { columns } = await parseCsv('__proto__,constructor\n1,2\n3,4\n');
    expect(Object.keys(columns)).toEqual(['__proto__', 'constructor']);
  });
});

describe('a Parquet file', () => {
  it.each(Object.entries(cases.parquet))(
    'has the columns of pandas, compression %s',
    async (_, { file, columns }) => {
      const path = written('a.parquet', Buffer.from(file, 'base64'));
      expect(valuesOf(await readParquet(path))).toEqual(columns);
      expect(Object.keys((await readParquet(path, { columns: ['text'] })).columns)).toEqual(['text']);
      await expect(readParquet(path, { columns: ['absent'] })).rejects.toThrow('no such column');
    },
  );

  it('keeps large integers as texts, and refuses dates', async () => {
    const path = written('big.parquet', Buffer.from(cases.big, 'base64'));
    const { columns } = await readParquet(path, { columns: ['id'] });
    expect(columns['id']!.values).toEqual([String(2n ** 60n + 1n), String(2n ** 60n + 3n)]);
    await expect(readParquet(path)).rejects.toThrow('column "when", row 1');
  });

  it.each([Uint8Array.of(1, 2, 3), Buffer.from(cases.big, 'base64').subarray(0, 200)])(
    'refuses other bytes',
    async (bytes) => {
      await expect(readParquet(written('c.parquet', bytes))).rejects.toMatchObject({ code: 'DATA_FORMAT' });
    },
  );
});
