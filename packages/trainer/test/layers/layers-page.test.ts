import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { goldenLayers } from './golden-layers.ts';

it('docs/layers.md tells of every golden row in which Keras differs, and of no other', () => {
  const page = readFileSync(new URL('../../../../docs/layers.md', import.meta.url), 'utf8');
  const [, table = ''] = /## Where Keras differs([^]*?)\n## /.exec(page) ?? [];
  const told = [...table.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(([, row, how]) => [row, how]);
  const differing = Object.entries(goldenLayers.cases.rows).flatMap(([name, { differs }]) =>
    differs === undefined ? [] : [[name, differs]],
  );
  expect(told.slice(1).filter(([row]) => !/^-+$/.test(row!))).toEqual(differing);
});
