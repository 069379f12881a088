import { type BucketedDataset, bucketedDataset, standardization } from '@cantrip/data';
import { loadGolden } from '@cantrip/testing';
import type { BatchSource } from '@cantrip/trainer';
import type { HostTensor } from '@cantrip/ops';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { manyLengths, numbered, sentences } from './fixtures/sentences.ts';
import { allOf, targetsOf, tensorOf } from './fixtures/tiny-images.ts';

interface Cases {
  readonly batches: readonly {
    readonly lengths: number[];
    readonly buckets: number[];
    readonly batchSize: number[];
    readonly dropLast: boolean;
    readonly batches: number[][][];
  }[];
  readonly images: {
    readonly shapes: number[][];
    readonly size: number[];
    readonly batch: number[][][][];
  };
}

const { cases } = loadGolden<Cases>(new URL('./golden/bucketing.json', import.meta.url));

const rowsOf = ({ values, shape }: HostTensor): number[][] => {
  const width = values.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
};

describe('batches of buckets', () => {
  it('are what the trainer reads', () => {
    expectTypeOf<BucketedDataset>().toExtend<BatchSource>();
  });

  it.each(cases.batches.map((golden, index) => [index, golden] as const))(
    'hold the same rows in the same order as those of tf.data, case %i',
    async (_, { lengths, batches, ...options }) => {
      const dataset = bucketedDataset({ ...numbered(lengths), ...options, padValue: -1 });
      const found = await allOf(dataset.batches());
      expect(found.map(({ inputs }) => rowsOf(tensorOf(inputs)))).toEqual(batches);
      expect(dataset.stepsPerEpoch).toBe(batches.length);
      const shapes = found.map(({ inputs }) => tensorOf(inputs).shape.join());
      expect(dataset.signatures).toBe(new Set(shapes).size);
    },
  );

  it('pad images of several sizes at the bottom and at the right, as tf.data does', async () => {
    const { shapes, size, batch } = cases.images;
    const inputs = shapes.map((shape, index) => ({
      values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => at + 1 + 50 * index),
      shape,
    }));
    const dataset = bucketedDataset({
      inputs,
      targets: { values: Float32Array.of(1, 2, 3), shape: [3] },
      axis: [0, 1],
      buckets: [size],
      batchSize: 3,
      padValue: -1,
      mask: true,
    });
    const [found] = await allOf(dataset.batches());
    const { inputs: images, mask } = found!.inputs as Record<string, HostTensor>;
    expect(images!.shape).toEqual([3, 4, 5, 2]);
    expect([...images!.values]).toEqual(batch.flat(3));
    expect(mask!.shape).toEqual([3, 4, 5]);
    // Nothing in these images is -1.
    expect([...mask!.values]).toEqual(batch.flat(2).map(([first]) => (first === -1 ? 0 : 1)));
  });

  it('hold as many examples as the budget of elements allows', () => {
    const { buckets } = bucketedDataset({ ...numbered([3, 9, 20]), buckets: [8, 16, 32], elements: 100 });
    expect(buckets.map(({ sizes, batchSize }) => [sizes, batchSize])).toEqual([
      [[8], 12],
      [[16], 6],
      [[32], 3],
    ]);
  });

  it('say how many examples and batches each bucket has, and how much is padding', () => {
    const dataset = bucketedDataset({ ...numbered([1, 4, 2, 6]), buckets: [4, 8], batchSize: 2 });
    expect(dataset.buckets).toEqual([
      { sizes: [4], batchSize: 2, examples: 3, batches: 2 },
      { sizes: [8], batchSize: 2, examples: 1, batches: 1 },
    ]);
    expect(dataset).toMatchObject({ size: 4, stepsPerEpoch: 3, signatures: 3 });
    expect(dataset.padding).toBeCloseTo(7 / 20, 12);
  });

  it('choose their lengths by the least padding', () => {
    const { buckets } = bucketedDataset({
      ...numbered([3, 4, 4, 20, 21]),
      buckets: { count: 2 },
      batchSize: 4,
    });
    expect(buckets.map(({ sizes }) => sizes)).toEqual([[4], [21]]);
  });

  it('leave out or cut what is larger than every bucket, where they are told to', async () => {
    const options = { ...numbered([2, 5, 3]), buckets: [4], batchSize: 2 };
    const dropped = bucketedDataset({ ...options, longer: 'drop' });
    expect(dropped.size).toBe(2);
    expect(await targetsOf(dropped.batches())).toEqual([0, 2]);
    const [first] = await allOf(bucketedDataset({ ...options, longer: 'cut' }).batches());
    expect(rowsOf(tensorOf(first!.inputs))).toEqual([
      [1, 2, 0, 0],
      [101, 102, 103, 104],
    ]);
  });

  it('pad the targets of each position with the index that losses leave out', async () => {
    const labels = [Uint8Array.of(1, 0), Uint8Array.of(2, 1, 1)];
    const dataset = bucketedDataset({
      inputs: { tokens: sentences([2, 3]), kind: { values: Float32Array.of(7, 8), shape: [2] } },
      targets: labels.map((values) => ({ values, shape: [values.length] })),
      buckets: [3],
      batchSize: 2,
      mask: true,
    });
    expect(await allOf(dataset.batches())).toEqual([
      {
        inputs: {
          tokens: { values: Int32Array.of(1, 2, 0, 101, 102, 103), shape: [2, 3] },
          kind: { values: Float32Array.of(7, 8), shape: [2] },
          mask: { values: Float32Array.of(1, 1, 0, 1, 1, 1), shape: [2, 3] },
        },
        targets: { values: Int32Array.of(1, 0, -100, 2, 1, 1), shape: [2, 3] },
        size: 2,
      },
    ]);
  });

  it('carry the normalization of bytes', async () => {
    const dataset = bucketedDataset({
      inputs: [{ values: Uint8Array.of(255), shape: [1, 1] }],
      targets: { values: Int32Array.of(0), shape: [1] },
      buckets: [2],
      batchSize: 1,
      normalization: standardization(),
    });
    const [batch] = await allOf(dataset.batches());
    expect(batch!.inputs).toEqual({
      values: Uint8Array.of(255, 0),
      shape: [1, 2, 1],
      normalization: { scale: 1 / 255, offset: 0 },
    });
  });
});

describe('padLast', () => {
  const options = { ...numbered([1, 2, 3, 3, 7]), buckets: [4, 8], batchSize: 3, padLast: true, mask: true };

  it('leaves one shape a bucket: rows that fill up repeat examples, without target and outside the mask', async () => {
    const dataset = bucketedDataset(options);
    const batches = await allOf(dataset.batches());
    expect(dataset.signatures).toBe(2);
    expect(batches.map(({ size }) => size)).toEqual([3, 1, 1]);
    const { inputs, mask } = batches[1]!.inputs as Record<string, HostTensor>;
    expect(rowsOf(inputs!)).toEqual([301, 301, 301].map((first) => [first, first + 1, first + 2, 0]));
    expect(rowsOf(mask!)).toEqual([
      [1, 1, 1, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect([...tensorOf(batches[1]!.targets).values]).toEqual([3, -100, -100]);
  });

  it('fills float targets with the number that is given, here rows of zeros', async () => {
    const oneHot = { values: Float32Array.of(1, 0, 0, 1), shape: [2, 2] };
    const dataset = bucketedDataset({
      inputs: sentences([2, 1]),
      targets: oneHot,
      buckets: [2],
      batchSize: 3,
      padLast: true,
      padTarget: 0,
    });
    const [batch] = await allOf(dataset.batches());
    expect(batch!.targets).toEqual({ values: Float32Array.of(1, 0, 0, 1, 0, 0), shape: [3, 2] });
  });
});

describe('an epoch of buckets', () => {
  const options = { ...numbered(manyLengths), buckets: { count: 4 }, elements: 256, shuffle: true };
  const dataset = bucketedDataset(options);

  it('has every example once, in another order in each epoch and with each seed', async () => {
    const orders = await Promise.all(
      [{ seed: 1 }, { seed: 1, epoch: 1 }, { seed: 2 }].map((place) => targetsOf(dataset.batches(place))),
    );
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual([...manyLengths.keys()]);
    expect(new Set(orders.map((order) => order.join())).size).toBe(3);
  });

  it('mixes the buckets, and does not keep the smaller batches for its end', async () => {
    const ends = await Promise.all(
      Array.from({ length: 12 }, async (_, epoch) => (await allOf(dataset.batches({ epoch }))).at(-1)!),
    );
    const isFull = ends.map(({ inputs, size }) =>
      dataset.buckets.some(
        (bucket) => bucket.sizes[0] === tensorOf(inputs).shape[1] && bucket.batchSize === size,
      ),
    );
    expect(isFull).toContain(true);
  });

  it('goes on from any batch as if it had not been interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.maxSafeInteger(),
        fc.nat(50),
        fc.nat(dataset.stepsPerEpoch),
        async (seed, epoch, start) => {
          const whole = await allOf(dataset.batches({ seed, epoch }));
          expect(whole).toHaveLength(dataset.stepsPerEpoch);
          expect(await allOf(dataset.batches({ seed, epoch, start }))).toEqual(whole.slice(start));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is the same to the bit from a worker thread', async () => {
    const there = bucketedDataset({ ...options, mask: true, padLast: true, prefetch: 2 });
    const here = bucketedDataset({ ...options, mask: true, padLast: true });
    for (const epoch of [0, 1]) {
      expect(await allOf(there.batches({ seed: 3, epoch }))).toEqual(
        await allOf(here.batches({ seed: 3, epoch })),
      );
    }
  });
});
