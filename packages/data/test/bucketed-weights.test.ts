import type { HostTensor } from '@cantrip/ops';
import { describe, expect, it } from 'vitest';
import { bucketedDataset, type BucketedDatasetOptions } from '../src/index.ts';

const tokens = (...values: number[]): HostTensor => ({
  values: Int32Array.from(values),
  shape: [values.length],
});
const weigh = (...values: number[]): HostTensor => ({
  values: Float32Array.from(values),
  shape: [values.length],
});

const options = (more: Partial<BucketedDatasetOptions>): BucketedDatasetOptions => ({
  inputs: [tokens(1), tokens(2, 3, 4), tokens(5, 6)],
  targets: [tokens(1), tokens(2, 3, 4), tokens(5, 6)],
  buckets: [2, 4],
  batchSize: 2,
  ...more,
});

const weightsOf = async (
  given: BucketedDatasetOptions,
): Promise<(readonly [number[], readonly number[]])[]> => {
  const all: (readonly [number[], readonly number[]])[] = [];
  for await (const { weights } of bucketedDataset(given).batches()) {
    const { values, shape } = weights as HostTensor;
    all.push([[...values], shape]);
  }
  return all;
};

describe('bucketedDataset with weights', () => {
  it.each([0, 2])('gives those of the examples of each batch, prefetch %i', async (prefetch) => {
    const weights = weigh(0.5, 2, 3);
    expect(await weightsOf(options({ weights, prefetch }))).toEqual([
      [[0.5, 3], [2]],
      [[2], [1]],
    ]);
  });

  it('counts padded places, and rows that fill a batch up, as 0', async () => {
    const weights = [weigh(0.5), weigh(1, 2, 3), weigh(4, 5)];
    expect(await weightsOf(options({ weights, padLast: true }))).toEqual([
      [
        [0.5, 0, 4, 5],
        [2, 2],
      ],
      [
        [1, 2, 3, 0, 0, 0, 0, 0],
        [2, 4],
      ],
    ]);
  });

  it.each([
    [weigh(1, 2), 'inputs, targets and weights must have the same number of examples, got 3 and 2'],
    [weigh(1, -1, 2), 'weights must be finite numbers >= 0, got -1 at index 1'],
    [[weigh(1), weigh(1, NaN, 1), weigh(1, 1)], 'weights must be finite numbers >= 0, got NaN at index 2'],
    [3 as never, 'weights must be'],
  ])('refuses weights %#', (weights, message) => {
    expect(() => bucketedDataset(options({ weights }))).toThrow(message);
  });

  it('has another signature with other weights', () => {
    const one = bucketedDataset(options({ weights: weigh(1, 1, 1) }));
    expect(bucketedDataset(options({ weights: weigh(1, 1, 1) })).signature).toBe(one.signature);
    expect(bucketedDataset(options({ weights: weigh(1, 1, 2) })).signature).not.toBe(one.signature);
  });
});
