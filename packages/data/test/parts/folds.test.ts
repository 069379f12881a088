import { foldPositions, splitPositions } from '@cantrip/data';
import { loadGolden } from '@cantrip/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Cases {
  readonly splits: readonly {
    readonly labels: number[];
    readonly first: number;
    readonly counts: number[];
  }[];
  readonly folds: readonly {
    readonly labels: number[];
    readonly folds: number;
    readonly counts: number[][];
  }[];
  readonly sizes: readonly { readonly count: number; readonly folds: number; readonly sizes: number[] }[];
  readonly groups: readonly { readonly groups: number[]; readonly folds: number; readonly sizes: number[] }[];
  readonly both: readonly {
    readonly labels: number[];
    readonly groups: number[];
    readonly folds: number;
    readonly deviation: number;
  }[];
}

const { cases } = loadGolden<Cases>(new URL('../golden/splits.json', import.meta.url));
const numbered = <T>(list: readonly T[]): [number, T][] => list.map((one, index) => [index, one]);
const countsOf = (labels: readonly number[], positions: Uint32Array): number[] => {
  const counts = Array<number>(Math.max(...labels) + 1).fill(0);
  positions.forEach((position) => (counts[labels[position]!]! += 1));
  return counts;
};
const everything = (count: number): number[] => [...Array(count).keys()];
const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

describe('splitPositions', () => {
  it.each(numbered(cases.splits))('takes as many of each class as scikit-learn, case %i', (_, golden) => {
    const { labels, first, counts } = golden;
    const [train, rest] = splitPositions(labels.length, { first, stratify: labels, seed: 3 });
    expect(countsOf(labels, train)).toEqual(counts);
    expect(sorted([...train, ...rest])).toEqual(everything(labels.length));
  });

  it('gives both parts every class, however rare, and the size that was asked for', () => {
    const classes = fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        classes,
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.integer(),
        (sizes, share, seed) => {
          const labels = sizes.flatMap((size, label) => Array<string>(size).fill(`class ${label}`));
          const first = Math.min(
            Math.max(Math.round(share * labels.length), sizes.length),
            labels.length - sizes.length,
          );
          const parts = splitPositions(labels.length, { first, stratify: labels, seed });
          expect(parts[0]).toHaveLength(first);
          for (const part of parts)
            expect(new Set([...part].map((position) => labels[position])).size).toBe(sizes.length);
        },
      ),
    );
  });

  it('keeps every group in one part, and comes within one group of the wanted size', () => {
    const groups = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 9 }), fc.integer(), (sizes, tenths, seed) => {
        const ids = sizes.flatMap((size, group) => Array<number>(size).fill(group));
        fc.pre(ids.length > 2);
        const first = Math.min(Math.max(Math.round((ids.length * tenths) / 10), 1), ids.length - 1);
        const [train, rest] = splitPositions(ids.length, { first, groups: ids, seed });
        const inTrain = new Set([...train].map((position) => ids[position]));
        expect([...rest].some((position) => inTrain.has(ids[position]))).toBe(false);
        expect(sorted([...train, ...rest])).toEqual(everything(ids.length));
        expect(train.length).toBeGreaterThan(0);
        expect(rest.length).toBeGreaterThan(0);
        expect(Math.abs(train.length - first)).toBeLessThanOrEqual(Math.max(...sizes));
      }),
    );
  });
});

describe('foldPositions', () => {
  it.each(numbered(cases.folds))(
    'gives each fold as many of each class as scikit-learn, case %i',
    (_, golden) => {
      const { labels, folds, counts } = golden;
      const parts = foldPositions(labels.length, { folds, stratify: labels });
      const inOrder = (rows: number[][]): string[] => rows.map(String).sort();
      // Folds of scikit-learn follow the first appearance of the classes, which is the same here: 0, 1, 2.
      expect(inOrder(parts.map((part) => countsOf(labels, part)))).toEqual(inOrder(counts));
      expect(sorted(parts.flatMap((part) => [...part]))).toEqual(everything(labels.length));
    },
  );

  it.each(numbered(cases.sizes))(
    'makes folds as large as scikit-learn, case %i',
    (_, { count, folds, sizes }) => {
      expect(foldPositions(count, { folds }).map((part) => part.length)).toEqual(sizes);
    },
  );

  it.each(numbered(cases.groups))('fills folds with groups as scikit-learn, case %i', (_, golden) => {
    const { groups, folds, sizes } = golden;
    const parts = foldPositions(groups.length, { folds, groups });
    expect(sorted(parts.map((part) => part.length))).toEqual(sizes);
    const owners = parts.map((part) => new Set([...part].map((position) => groups[position])));
    expect(owners.reduce((sum, owner) => sum + owner.size, 0)).toBe(new Set(groups).size);
  });

  it.each(numbered(cases.both))(
    'balances classes and groups no worse than scikit-learn, case %i',
    (_, golden) => {
      const { labels, groups, folds, deviation } = golden;
      const parts = foldPositions(labels.length, { folds, groups, stratify: labels });
      const whole = countsOf(labels, Uint32Array.from(everything(labels.length)));
      const worst = parts.map((part) =>
        Math.max(...countsOf(labels, part).map((count, label) => Math.abs(count - whole[label]! / folds))),
      );
      expect(Math.max(...worst)).toBeLessThanOrEqual(deviation * 1.15);
    },
  );

  it('leaves no fold empty if there are as many groups as folds', () => {
    // The reproducer of scikit-learn #34828: classes and groups that tie.
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 40 }),
        fc.integer(),
        (labels, seed) => {
          const groups = labels.map((_, index) => index % 4);
          const parts = foldPositions(labels.length, { folds: 4, groups, stratify: labels, seed });
          expect(parts.every((part) => part.length > 0)).toBe(true);
        },
      ),
    );
  });

  it('gives the same folds for the same seed, and others for another', () => {
    const folds = (seed: number): string => String(foldPositions(50, { folds: 5, seed }));
    expect(folds(1)).toBe(folds(1));
    expect(folds(1)).not.toBe(folds(2));
  });
});
