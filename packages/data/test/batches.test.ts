import type { HostBatch } from '@cantrip/ops';
import { arrayDataset, type Dataset, rebatch, take } from '@cantrip/data';
import type { BatchSource } from '@cantrip/trainer';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { runFixture } from './fixtures/run-fixture.ts';
import { allOf, randomOptions, targetsOf, tensorOf, tinyImages } from './fixtures/tiny-images.ts';

describe('batches', () => {
  it('are what the trainer reads', () => {
    expectTypeOf<Dataset>().toExtend<BatchSource>();
  });

  it('hold the examples in order, in their own types, the last one smaller', async () => {
    const dataset = arrayDataset({ ...tinyImages(5), batchSize: 2 });
    const batches = await allOf(dataset.batches());
    expect(dataset).toMatchObject({ size: 5, batchSize: 2, stepsPerEpoch: 3 });
    expect(batches.map(({ size }) => size)).toEqual([2, 2, 1]);
    expect(batches.map(({ inputs }) => tensorOf(inputs).shape)).toEqual([
      [2, 5, 4, 1],
      [2, 5, 4, 1],
      [1, 5, 4, 1],
    ]);
    const values = batches.flatMap(({ inputs }) => [...tensorOf(inputs).values]);
    expect(Uint8Array.from(values)).toEqual(tensorOf(tinyImages(5).inputs).values);
    expect(tensorOf(batches[0]!.inputs).values).toBeInstanceOf(Uint8Array);
    expect(tensorOf(batches[0]!.targets).values).toEqual(Int32Array.of(0, 1));
  });

  it('leave out the last smaller one if they are told to', async () => {
    const dataset = arrayDataset({ ...tinyImages(5), batchSize: 2, dropLast: true });
    expect(dataset.stepsPerEpoch).toBe(2);
    expect(await targetsOf(dataset.batches())).toEqual([0, 1, 2, 3]);
  });

  it('are written in the place of those that were given back, and of no others', async () => {
    const dataset = arrayDataset({ ...tinyImages(6), batchSize: 2, shuffle: true });
    const expected = await allOf(dataset.batches());
    const [first, second, third] = await allOf(giveBack(dataset.batches(), [0]));
    expect([second, third]).toEqual(expected.slice(1));
    expect(arrayOf(second)).toBe(arrayOf(first));
    expect(arrayOf(third)).not.toBe(arrayOf(second));
  });

  it('can be given back once, and a smaller one is no place for a whole one', async () => {
    const dataset = arrayDataset({ ...tinyImages(5), batchSize: 2 });
    const expected = await allOf(dataset.batches());
    const [, , last] = await allOf(dataset.batches());
    last!.release!();
    last!.release!();
    const again = await allOf(dataset.batches());
    expect(again).toEqual(expected);
    expect(new Set(again.map(arrayOf)).size).toBe(3);
  });

  it('can be sent and copied, and the copy stays', async () => {
    const dataset = arrayDataset({ ...tinyImages(2), batchSize: 2 });
    const [batch] = await allOf(dataset.batches());
    expect(structuredClone(batch)).toEqual(batch);
    expect({ ...batch! }.release).toBeUndefined();
  });

  describe('with padLast', () => {
    const options = { ...tinyImages(5), batchSize: 3, padLast: true };

    it('have one shape: rows that fill the last one up repeat examples, without a target', async () => {
      const dataset = arrayDataset(options);
      const [first, last] = await allOf(dataset.batches());
      expect(dataset).toMatchObject({ size: 5, stepsPerEpoch: 2 });
      expect([first!.size, last!.size]).toEqual([3, 2]);
      expect([...tensorOf(first!.targets).values]).toEqual([0, 1, 2]);
      expect(tensorOf(last!.targets)).toEqual({ values: Int32Array.of(3, 4, -100), shape: [3] });
      const { values, shape } = tensorOf(last!.inputs);
      const all = tensorOf(tinyImages(5).inputs).values;
      expect(shape).toEqual([3, 5, 4, 1]);
      expect([...values]).toEqual([...all.subarray(60, 100), ...all.subarray(60, 80)]);
    });

    it('pad each target with its own number, and bytes as int32', async () => {
      const dataset = arrayDataset({
        inputs: { values: Float32Array.of(1, 2, 3), shape: [3] },
        targets: {
          kind: { values: Uint8Array.of(0, 1, 0), shape: [3] },
          size: { values: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] },
        },
        padTarget: { size: -1 },
        batchSize: 2,
        padLast: true,
      });
      const [, last] = await allOf(dataset.batches());
      expect(last).toEqual({
        inputs: { values: Float32Array.of(3, 3), shape: [2] },
        targets: {
          kind: { values: Int32Array.of(0, -100), shape: [2] },
          size: { values: Float32Array.of(5, 6, -1, -1), shape: [2, 2] },
        },
        size: 1,
      });
    });

    it('leave everything else as it is: order, augmentation, parts and a worker', async () => {
      const plain = arrayDataset({ ...randomOptions, prefetch: 0 });
      const place = { seed: 3, epoch: 1 };
      const padded = await allOf(
        arrayDataset({ ...randomOptions, padLast: true, prefetch: 0 }).batches(place),
      );
      const there = await allOf(
        arrayDataset({ ...randomOptions, padLast: true, prefetch: 2 }).batches(place),
      );
      expect(there).toEqual(padded);
      expect(padded.slice(0, -1)).toEqual((await allOf(plain.batches(place))).slice(0, -1));
      const [, part] = await allOf(take(arrayDataset(options), 4).batches());
      expect([...tensorOf(part!.targets).values]).toEqual([3, -100, -100]);
      const again = rebatch(arrayDataset(options), { batchSize: 4 });
      expect(await targetsOf(again.batches())).toEqual([0, 1, 2, 3, 4]);
      const twice = rebatch(arrayDataset(options), { batchSize: 4, padLast: true, padTarget: -1 });
      expect(await targetsOf(twice.batches())).toEqual([0, 1, 2, 3, 4, -1, -1, -1]);
    });
  });

  it('have several inputs and targets by their names', async () => {
    const values = Float32Array.of(1, 2, 3);
    const dataset = arrayDataset({
      inputs: { left: { values, shape: [3] }, right: { values, shape: [3, 1] } },
      targets: { kind: { values: Uint8Array.of(0, 1, 0), shape: [3] }, size: { values, shape: [3, 1] } },
      classes: { kind: 2 },
      batchSize: 2,
    });
    const [first] = await allOf(dataset.batches());
    expect(first).toEqual({
      inputs: {
        left: { values: Float32Array.of(1, 2), shape: [2] },
        right: { values: Float32Array.of(1, 2), shape: [2, 1] },
      },
      targets: {
        kind: { values: Int32Array.of(0, 1), shape: [2] },
        size: { values: Float32Array.of(1, 2), shape: [2, 1] },
      },
      size: 2,
    });
  });

  it('carry the normalization of bytes to the device', async () => {
    const normalization = { scale: 0.5, offset: [-1] };
    const dataset = arrayDataset({ ...tinyImages(2), normalization, batchSize: 2 });
    const [batch] = await allOf(dataset.batches());
    expect(tensorOf(batch!.inputs).normalization).toEqual(normalization);
    expect(tensorOf(batch!.targets)).not.toHaveProperty('normalization');
  });

  it('stay as they are when later ones are made', async () => {
    const dataset = arrayDataset({ ...randomOptions, prefetch: 0 });
    const kept = [];
    const copies = [];
    for await (const batch of dataset.batches()) {
      kept.push(batch);
      copies.push(structuredClone(batch));
    }
    expect(kept).toEqual(copies);
  });
});

describe('an epoch', () => {
  const places = fc.record({
    size: fc.integer({ min: 1, max: 200 }),
    batchSize: fc.integer({ min: 1, max: 40 }),
    seed: fc.maxSafeInteger(),
    epoch: fc.maxSafeNat(),
  });

  it('of a shuffled dataset is a permutation', async () => {
    await fc.assert(
      fc.asyncProperty(places, async ({ size, batchSize, seed, epoch }) => {
        const dataset = arrayDataset({ ...tinyImages(size), batchSize, shuffle: true });
        const targets = await targetsOf(dataset.batches({ seed, epoch }));
        expect(targets.sort((left, right) => left - right)).toEqual(
          Array.from({ length: size }, (_, at) => at),
        );
      }),
    );
  });

  it('with dropLast has only whole batches, and without it every example', async () => {
    await fc.assert(
      fc.asyncProperty(places, fc.boolean(), async ({ size, batchSize, seed, epoch }, dropLast) => {
        fc.pre(!dropLast || size >= batchSize);
        const dataset = arrayDataset({ ...tinyImages(size), batchSize, dropLast, shuffle: true });
        const sizes = (await allOf(dataset.batches({ seed, epoch }))).map((batch) => batch.size);
        const expected = Array.from({ length: Math.floor(size / batchSize) }, () => batchSize);
        const rest = size % batchSize;
        if (!dropLast && rest > 0) expected.push(rest);
        expect(sizes).toEqual(expected);
        expect(dataset.stepsPerEpoch).toBe(expected.length);
      }),
    );
  });

  it('has another order than the last one, and than with another seed', async () => {
    const dataset = arrayDataset({ ...tinyImages(50), batchSize: 10, shuffle: true });
    const orders = await Promise.all(
      [{}, { epoch: 1 }, { seed: 1 }, { seed: -1 }].map(async (place) =>
        (await targetsOf(dataset.batches(place))).join(),
      ),
    );
    expect(new Set(orders).size).toBe(4);
  });

  it('has every order equally often', async () => {
    const dataset = arrayDataset({ ...tinyImages(4), batchSize: 4, shuffle: true });
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 4800; epoch++) {
      const order = (await targetsOf(dataset.batches({ epoch }))).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    // Chi-squared of 24 equally likely orders: 23 degrees of freedom, above 49.7 once in a thousand.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    expect(counts.size).toBe(24);
    expect(chiSquared).toBeLessThan(49.7);
  });
});

describe('resuming', () => {
  it.each([0, 2])(
    'at every position gives the bits of the unbroken epoch (prefetch %i)',
    async (prefetch) => {
      const unbroken = await allOf(
        arrayDataset({ ...randomOptions, prefetch }).batches({ seed: 3, epoch: 2 }),
      );
      expect(unbroken).toHaveLength(6);
      for (let start = 0; start <= 6; start++) {
        const resumed = arrayDataset({ ...randomOptions, prefetch }).batches({ seed: 3, epoch: 2, start });
        expect(await allOf(resumed)).toEqual(unbroken.slice(start));
      }
    },
  );

  it('in another process gives the same bits, with a worker or without', async () => {
    const digests = await Promise.all(
      [0, 0, 2].map((prefetch) => runFixture('print-batches.ts', 5, 1, prefetch)),
    );
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(1);
    expect(await runFixture('print-batches.ts', 4, 1, 0)).not.toBe(digests[0]);
  });
});

/** Gives batches back when the next one is asked for. */
async function* giveBack(
  batches: AsyncIterable<HostBatch>,
  which: readonly number[],
): AsyncGenerator<HostBatch> {
  let index = 0;
  for await (const batch of batches) {
    yield batch;
    if (which.includes(index++)) batch.release!();
  }
}

const arrayOf = (batch: HostBatch | undefined): unknown => tensorOf(batch!.inputs).values;
