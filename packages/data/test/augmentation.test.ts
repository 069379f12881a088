import { arrayDataset, type Augmentation, randomCrop, randomFlip } from '@cantrip/data';
import { loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { cropPadded, type Crop } from '../src/augment/random-crop.ts';
import { flip } from '../src/augment/random-flip.ts';
import { allOf, targetsOf, tensorOf, tinyImages } from './fixtures/tiny-images.ts';

interface ImageCase {
  readonly shape: readonly [number, number, number];
  readonly image: readonly number[];
}
type Cases = Readonly<
  Record<string, ImageCase & { expected: number[]; crop?: Crop; axis?: 'horizontal' | 'vertical' }>
>;

const { cases } = loadGolden<Cases>(new URL('golden/augmentation.json', import.meta.url));
const everyCrop = cases['every crop'] as unknown as ImageCase & { expected: number[][]; padding: number };
const single = Object.entries(cases).filter(([name]) => name !== 'every crop');

describe('compared with PyTorch', () => {
  it.each(single)('%s', (_, { shape: [height, width, channels], image, crop, axis, expected }) => {
    for (const kind of [Uint8Array, Int32Array, Float32Array]) {
      const values = kind.from(image);
      if (crop) cropPadded({ values, height, width, channels }, new kind(image.length), crop);
      if (axis) flip({ values, height, width, channels }, axis);
      expect([...values]).toEqual(expected);
    }
  });

  it('a random crop is one of the crops, and each of them equally often', async () => {
    const count = 5000;
    const values = Uint8Array.from({ length: count * 20 }, (_, at) => everyCrop.image[at % 20]!);
    const augment = [randomCrop({ padding: everyCrop.padding })];
    const images = await imagesOf(values, [count, ...everyCrop.shape], augment);
    const expected = new Map(everyCrop.expected.map((crop, at) => [crop.join(), at]));
    const counts = new Map<number, number>();
    for (const image of images) {
      const crop = expected.get(image.join());
      expect(crop).toBeDefined();
      counts.set(crop!, (counts.get(crop!) ?? 0) + 1);
    }
    // Chi-squared of 25 equally likely crops: 24 degrees of freedom, above 51.2 once in a thousand.
    const chiSquared = [...counts.values()].reduce((sum, times) => sum + (times - 200) ** 2 / 200, 0);
    expect(counts.size).toBe(25);
    expect(chiSquared).toBeLessThan(51.2);
  });

  it('a random flip leaves or mirrors the image, by its probability', async () => {
    const { image, shape, expected } = cases['flip left and right']!;
    const count = 4000;
    const values = Float32Array.from({ length: count * image.length }, (_, at) => image[at % image.length]!);
    const images = await imagesOf(values, [count, ...shape], [randomFlip({ probability: 0.25 })]);
    const mirrored = images.filter((pixels) => pixels.join() === expected.join()).length;
    const untouched = images.filter((pixels) => pixels.join() === image.join()).length;
    expect(mirrored + untouched).toBe(count);
    // Four standard deviations of the binomial distribution.
    expect(Math.abs(mirrored - 1000)).toBeLessThan(4 * Math.sqrt(count * 0.25 * 0.75));
  });
});

describe('an example’s augmentation', () => {
  const augment = [randomCrop({ padding: 2 }), randomFlip()];
  const options = { ...tinyImages(30), augment, prefetch: 0 };

  it('does not depend on shuffling, batch size or start', async () => {
    const reference = await byExample({ ...options, batchSize: 30 });
    const others = [
      await byExample({ ...options, batchSize: 7 }),
      await byExample({ ...options, batchSize: 1 }),
      await byExample({ ...options, batchSize: 4, shuffle: true }),
    ];
    for (const other of others) expect(other).toEqual(reference);
  });

  it('changes from epoch to epoch and from seed to seed', async () => {
    const of = async (place: { seed?: number; epoch?: number }) =>
      JSON.stringify([...(await byExample({ ...options, batchSize: 30 }, place))]);
    expect(new Set([await of({}), await of({ epoch: 1 }), await of({ seed: 1 })]).size).toBe(3);
  });

  it('does not change the dataset', async () => {
    const { inputs, targets } = tinyImages(30);
    const dataset = arrayDataset({ inputs, targets, augment, batchSize: 30, prefetch: 0 });
    await targetsOf(dataset.batches());
    expect(inputs).toEqual(tinyImages(30).inputs);
  });

  it('may be a function, which gets its own random numbers', async () => {
    const brighten: Augmentation = ({ values }, random) => values.fill(random.integer(200));
    const once = await byExample({
      ...options,
      augment: [(image, random) => void brighten(image, random)],
      batchSize: 30,
    });
    const again = await byExample({
      ...options,
      augment: [(image, random) => void brighten(image, random)],
      batchSize: 3,
    });
    expect(new Set([...once.values()].flat()).size).toBeGreaterThan(10);
    expect(again).toEqual(once);
  });
});

async function imagesOf(
  values: Uint8Array | Float32Array,
  shape: readonly number[],
  augment: readonly Augmentation[],
): Promise<number[][]> {
  const [count = 0] = shape;
  const targets = { values: new Int32Array(count), shape: [count] };
  const dataset = arrayDataset({
    inputs: { values, shape },
    targets,
    augment,
    batchSize: count,
    prefetch: 0,
  });
  const [batch] = await allOf(dataset.batches());
  const pixels = [...tensorOf(batch!.inputs).values];
  const length = pixels.length / count;
  return Array.from({ length: count }, (_, image) => pixels.slice(image * length, (image + 1) * length));
}

async function byExample(
  options: Parameters<typeof arrayDataset>[0],
  place: { seed?: number; epoch?: number } = {},
): Promise<Map<number, number[]>> {
  const found: [number, number[]][] = [];
  for await (const { inputs, targets, size } of arrayDataset(options).batches(place)) {
    const pixels = [...tensorOf(inputs).values];
    for (let row = 0; row < size; row++) {
      found.push([tensorOf(targets).values[row]!, pixels.slice(row * 20, (row + 1) * 20)]);
    }
  }
  return new Map(found.sort(([left], [right]) => left - right));
}
