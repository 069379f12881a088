import { arrayDataset, rebatch, split, subset, take } from '@cantrip/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, randomOptions, targetsOf, tensorOf, tinyImages } from './fixtures/tiny-images.ts';

const dataset = arrayDataset({ ...tinyImages(10), batchSize: 4 });

describe('parts of a dataset', () => {
  it('take keeps the first examples', async () => {
    expect(await targetsOf(take(dataset, 3).batches())).toEqual([0, 1, 2]);
  });

  it('subset keeps the named examples in their order, also of a part', async () => {
    const part = subset(dataset, [9, 2, 2, 5]);
    expect(await targetsOf(part.batches())).toEqual([9, 2, 2, 5]);
    expect(await targetsOf(subset(part, [3, 0]).batches())).toEqual([5, 9]);
    expect(part).toMatchObject({ size: 4, batchSize: 4, stepsPerEpoch: 1 });
  });

  it('split shares out all examples, in order or at random by a seed', async () => {
    const [front, back] = split(dataset, { first: 0.7 });
    expect(await targetsOf(front.batches())).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await targetsOf(back.batches())).toEqual([7, 8, 9]);
    await fc.assert(
      fc.asyncProperty(fc.maxSafeInteger(), fc.integer({ min: 1, max: 9 }), async (seed, first) => {
        const parts = split(dataset, { first, seed });
        const targets = await Promise.all(parts.map((part) => targetsOf(part.batches())));
        expect(targets[0]).toHaveLength(first);
        expect(targets.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        const again = await targetsOf(split(dataset, { first, seed })[0].batches());
        expect(again).toEqual(targets[0]);
      }),
    );
  });

  it('are shuffled within themselves', async () => {
    const shuffled = arrayDataset({ ...tinyImages(40), batchSize: 4, shuffle: true });
    const targets = await targetsOf(take(shuffled, 12).batches({ seed: 5 }));
    expect(targets).not.toEqual([...Array(12).keys()]);
    expect(targets.sort((left, right) => left - right)).toEqual([...Array(12).keys()]);
  });
});

describe('rebatch', () => {
  it('gives the examples as they are, unless it is told otherwise', async () => {
    const plain = rebatch(arrayDataset(randomOptions));
    const batches = await allOf(plain.batches({ seed: 9, epoch: 9 }));
    expect(plain.batchSize).toBe(4);
    expect(batches.flatMap(({ inputs }) => [...tensorOf(inputs).values])).toEqual([
      ...tensorOf(tinyImages(23).inputs).values,
    ]);
  });

  it('gives the same augmented images in batches of another size', async () => {
    const { augment } = randomOptions;
    const fours = await allOf(arrayDataset(randomOptions).batches({ seed: 9 }));
    const nines = rebatch(arrayDataset(randomOptions), { batchSize: 9, shuffle: true, augment });
    const pixels = (batches: typeof fours) => batches.flatMap(({ inputs }) => [...tensorOf(inputs).values]);
    expect(nines.stepsPerEpoch).toBe(3);
    expect(pixels(await allOf(nines.batches({ seed: 9 })))).toEqual(pixels(fours));
  });
});
