import { describe, expect, it } from 'vitest';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { allRows } from '../wrong-values/rows/all-rows.ts';
import type { Row, Rows } from '../wrong-values/row.ts';
import { tryRow } from '../wrong-values/try-row.ts';
import { unrowed } from '../wrong-values/unrowed.ts';
import { userModules } from '../wrong-values/user-modules.ts';
import { wrongValues } from '../wrong-values/wrong-values.ts';

await openDevice('auto');

it('has rows for every module that users can import, or says why it has none', () => {
  expect([...new Set([...Object.keys(allRows), ...Object.keys(unrowed)])].sort()).toEqual(userModules());
});

describe.each(Object.entries(allRows))('%s, called with every wrong value', async (name, rows) => {
  const exported = (await import(name)) as Readonly<Record<string, (...given: never[]) => unknown>>;

  it('has a row for every export', () => {
    expect(Object.keys(rows).sort()).toEqual(Object.keys(exported).sort());
  });

  it.each(callable(rows))('%s refuses what is wrong in a sentence of its own', async (one, row) => {
    expect(await tryRow(one, exported[one]!, row, wrongValues)).toEqual([]);
  });
});

function callable(rows: Rows): [string, Row][] {
  return Object.entries(rows).flatMap(([name, row]) =>
    typeof row === 'string' ? [] : [row].flat().map((one): [string, Row] => [name, one]),
  );
}
