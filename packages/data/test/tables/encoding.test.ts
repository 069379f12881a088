import { arrayDataset, splitPositions } from '@cantrip/data';
import { encode, type Encoding, learnEncoding, parseCsv, type Table } from '@cantrip/data/tables';
import { loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

type Fill = 'mean' | 'median' | 'most_frequent';
interface Cases {
  readonly learnt: {
    readonly train: string;
    readonly test: string;
    readonly by: Readonly<Record<Fill, Readonly<Record<'train' | 'test', number[][]>>>>;
  };
}

const { cases, tolerance } = loadGolden<Cases>(new URL('../golden/tables.json', import.meta.url));
const { learnt } = cases;
const train = await parseCsv(learnt.train);
const test = await parseCsv(learnt.test);
const ours = { mean: 'mean', median: 'median', most_frequent: 'mostFrequent' } as const;

describe('what is learnt of a table', () => {
  it.each(Object.keys(ours) as Fill[])('fills, standardises and encodes as scikit-learn: %s', (fill) => {
    const encoding = learnEncoding(train, {
      inputs: { x: { use: 'standardize', fill: ours[fill] }, k: 'standardize', c: 'oneHot' },
      targets: 'y',
    });
    expect(encoding.features).toEqual(['x', 'k', 'c=Z', 'c=a', 'c=b']);
    expect(encoding.classes).toEqual(['no', 'yes']);
    const stored = JSON.parse(JSON.stringify(encoding)) as Encoding;
    for (const [table, wanted] of [
      [train, learnt.by[fill].train],
      [test, learnt.by[fill].test],
    ] as const) {
      const { inputs } = encode(table, stored);
      expect(inputs.shape).toEqual([table.rows, 5]);
      wanted.flat().forEach((value, at) => {
        expect(Math.abs(inputs.values[at]! - value)).toBeLessThanOrEqual(
          (tolerance.absolute ?? 0) + (tolerance.relative ?? 0) * Math.abs(value),
        );
      });
    }
    expect(encode(test, stored).targets).toEqual({ values: Int32Array.of(1, 0), shape: [2] });
  });

  it('takes numbers as targets, or as classes', () => {
    const plan = { inputs: { c: 'oneHot' }, targets: 'k' } as const;
    expect(encode(train, learnEncoding(train, plan)).targets).toEqual({
      values: Float32Array.of(3, 3, 3, 3, 3),
      shape: [5, 1],
    });
    const asClasses = learnEncoding(train, { ...plan, classes: true });
    expect([asClasses.classes, [...encode(train, asClasses).targets.values]]).toEqual([
      ['3'],
      [0, 0, 0, 0, 0],
    ]);
  });

  it('sees nothing of the test part', async () => {
    const table = await parseCsv(`x,y\n${Array.from({ length: 20 }, (_, n) => `${n},${n % 2}`).join('\n')}`);
    const labels = table.columns['y']!.values;
    const [first, rest] = splitPositions(table.rows, {
      first: 0.5,
      stratify: labels as Float64Array,
      seed: 1,
    });
    const learn = (part: Table) =>
      learnEncoding(part, { inputs: { x: 'standardize' }, targets: 'y', classes: true });
    const encoding = learn(table.select(first));
    expect(encoding).not.toEqual(learn(table));
    const dataset = arrayDataset({ ...encode(table.select(rest), encoding), batchSize: 4 });
    expect([dataset.size, encoding.classes]).toEqual([10, ['0', '1']]);
  });

  it('gives zeros for an unknown category if asked for', async () => {
    const other = await parseCsv('c,y\nnew,no\n');
    const plan = (unknown: 'zeros' | 'refuse') =>
      learnEncoding(train, { inputs: { c: { use: 'oneHot', unknown } }, targets: 'y' });
    expect([...encode(other, plan('zeros')).inputs.values]).toEqual([0, 0, 0]);
    expect(() => encode(other, plan('refuse'))).toThrow('column "c", line 2: "new" was not in the table');
  });

  it.each<[string, Parameters<typeof learnEncoding>[1], string]>([
    [
      'a missing value that nothing fills',
      { inputs: { x: 'standardize' }, targets: 'y' },
      'column "x", line 4: the value is missing',
    ],
    ['a missing target', { inputs: { k: 'number' }, targets: 'x', classes: true }, 'column "x", line 4'],
    ['categories as numbers', { inputs: { c: 'number' }, targets: 'y' }, 'holds categories'],
    ['a column that is absent', { inputs: { z: 'number' }, targets: 'y' }, 'no column "z"'],
    ['no column', { inputs: {}, targets: 'y' }, 'at least one column'],
    [
      'a category for a number',
      { inputs: { x: { use: 'number', fill: { category: 'a' } } }, targets: 'y' },
      'must be a number',
    ],
    [
      'a mean of categories',
      { inputs: { c: { use: 'oneHot', fill: 'mean' } }, targets: 'y' },
      "'mostFrequent' or { category }",
    ],
  ])('refuses %s', (_, plan, words) => {
    expect(() => learnEncoding(train, plan)).toThrow(words);
  });
});
