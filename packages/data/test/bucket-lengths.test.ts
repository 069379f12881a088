import { bucketLengths, paddingShare } from '@cantrip/data';
import { loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { manyLengths } from './fixtures/sentences.ts';

interface Chosen {
  readonly lengths: number[];
  readonly count: number;
}

interface Cases {
  readonly 'least padding': readonly (Chosen & { readonly multipleOf: number; readonly padding: number })[];
  readonly quantiles: readonly (Chosen & { readonly buckets: number[] })[];
}

const { cases } = loadGolden<Cases>(new URL('./golden/bucketing.json', import.meta.url));

describe('bucketLengths', () => {
  it.each(cases['least padding'].map((golden, index) => [index, golden] as const))(
    'pads as little as the best of all choices, case %i',
    (_, { lengths, count, multipleOf, padding }) => {
      const buckets = bucketLengths(lengths, { count, multipleOf });
      const total = lengths.reduce((sum, length) => sum + buckets.find((size) => size >= length)!, 0);
      expect(total - lengths.reduce((sum, length) => sum + length, 0)).toBe(padding);
      expect(buckets.length).toBeLessThanOrEqual(count);
      expect(buckets).toEqual([...new Set(buckets)].sort((a, b) => a - b));
      expect(buckets.every((size) => size % multipleOf === 0)).toBe(true);
    },
  );

  it.each(cases.quantiles.map((golden, index) => [index, golden] as const))(
    'takes the quantiles of numpy, case %i',
    (_, { lengths, count, buckets }) => {
      expect(bucketLengths(lengths, { count, by: 'quantiles' })).toEqual(buckets);
    },
  );

  it('chooses for a hundred thousand examples of thousands of lengths', () => {
    const lengths = Array.from({ length: 100_000 }, (_, index) => 1 + ((index * 7919) % 5000));
    // Equally frequent lengths are best cut into equal parts.
    expect(bucketLengths(lengths, { count: 4 })).toEqual([1250, 2500, 3750, 5000]);
  });
});

describe('paddingShare', () => {
  it('falls with every bucket more', () => {
    const shares = [1, 2, 4, 8].map((count) =>
      paddingShare(manyLengths, bucketLengths(manyLengths, { count })),
    );
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(new Set(shares).size).toBe(4);
  });
});
