import { presentWays, type Way } from '@cantrip/testing';
import type { AnyPlugin, Batch, BatchSource, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { randomErasing, type RandomErasingOptions } from '../src/index.ts';

const ways = await presentWays();
const [rows, side, steps] = [16, 12, 8];

/** Images of fives. */
const fives: BatchSource = {
  batchesPerEpoch: steps,
  *batches({ start }) {
    for (let at = start; at < steps; at++)
      yield {
        inputs: { values: new Float32Array(rows * side * side).fill(5), shape: [rows, side, side, 1] },
        targets: { values: new Int32Array(rows), shape: [rows] },
        size: rows,
      };
  },
};

const pooled: Partial<TrainerOptions> = {
  metrics: [],
  model: () =>
    sequential({
      layers: [layers.globalAveragePooling2d({ inputShape: [side, side, 1] }), layers.dense({ units: 3 })],
    }),
};

/** The images of an epoch as the model sees them. */
async function imagesOf(way: Way, options: RandomErasingOptions): Promise<readonly (readonly number[])[]> {
  const seen: number[][] = [];
  const watching: AnyPlugin = {
    name: 'watching',
    variables: () => ({ images: tf.variable(tf.zeros([rows, side, side, 1]), false) }),
    transformBatch(batch: Batch, { ownVariables }: { ownVariables: Readonly<Record<string, tf.Variable>> }) {
      ownVariables['images']!.assign(batch.inputs as tf.Tensor);
      return batch;
    },
    onStepEnd({ ownVariables }: { ownVariables: Readonly<Record<string, tf.Variable>> }) {
      const all = [...ownVariables['images']!.dataSync()];
      for (let row = 0; row < rows; row++) seen.push(all.slice(row * side * side, (row + 1) * side * side));
    },
  };
  const trainer = way.tinyTrainer([randomErasing(options), watching], pooled);
  await trainer.fit(fives, { epochs: 1 });
  trainer.dispose();
  return seen;
}

const isErased = (image: readonly number[]): boolean => image.some((pixel) => pixel !== 5);
const shareOf = (image: readonly number[]): number =>
  image.filter((pixel) => pixel !== 5).length / image.length;

describe.each(ways)('random erasing $name', (way) => {
  it('erases each image by itself, with the probability, and never more than the area allows', async () => {
    const images = await imagesOf(way, { probability: 0.5, area: [0.1, 0.3] });
    const erased = images.filter(isErased);
    // 128 draws of 0.5, within four standard deviations.
    expect(Math.abs(erased.length - 64)).toBeLessThan(23);
    expect(new Set(erased.map(String)).size).toBeGreaterThan(erased.length / 2);
    for (const image of erased) {
      expect(image.every((pixel) => pixel === 5 || pixel === 0)).toBe(true);
      // Sides are rounded to pixels.
      expect(shareOf(image)).toBeGreaterThan(0.05);
      expect(shareOf(image)).toBeLessThan(0.4);
    }
  });

  it('fills with one color of a box, or with random pixels', async () => {
    const colors = async (mode: 'rand' | 'pixel'): Promise<number[]> =>
      (await imagesOf(way, { probability: 1, mode, area: [0.2, 0.3] })).map(
        (image) => new Set(image.filter((pixel) => pixel !== 5)).size,
      );
    for (const count of await colors('rand')) expect(count).toBe(1);
    for (const count of await colors('pixel')) expect(count).toBeGreaterThan(10);
  });

  it('erases as many boxes as count says, in every number between', async () => {
    const options: RandomErasingOptions = { probability: 1, mode: 'rand', count: [1, 3], area: [0.1, 0.2] };
    const images = await imagesOf(way, options);
    const boxes = images.map((image) => new Set(image.filter((pixel) => pixel !== 5)).size);
    // A box can hide another one.
    for (const count of boxes) expect(count).toBeLessThanOrEqual(3);
    expect(new Set(boxes)).toEqual(new Set([1, 2, 3]));
  });

  it('leaves validation and prediction as they are', async () => {
    const trainer = way.tinyTrainer([randomErasing({ probability: 1 })], pooled);
    const images = tf.fill([2, side, side, 1], 5);
    const before = [...((await trainer.predict(images)) as tf.Tensor).dataSync()];
    const plain = way.tinyTrainer([], pooled);
    expect(before).toEqual([...((await plain.predict(images)) as tf.Tensor).dataSync()]);
    expect(await trainer.evaluate(fives)).toEqual(await plain.evaluate(fives));
    for (const one of [trainer, plain]) one.dispose();
  });
});

describe('refused are', () => {
  it('inputs that are no images', async () => {
    const model = (): ReturnType<typeof sequential> =>
      sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
    const trainer = ways[0]!.tinyTrainer([randomErasing()], { model, metrics: [] });
    await expect(trainer.fit({ inputs: [[1, 2]], targets: [0] }, { epochs: 1 })).rejects.toThrow(
      /^\[randomErasing\] needs images \[batch, height, width, channels\], got shape \[1, 2\].+SHAPE_MISMATCH/,
    );
    trainer.dispose();
  });

  it.each([
    { probability: 1.5 },
    { probability: NaN },
    { area: [0, 0.5] },
    { area: [0.5, 0.2] },
    { area: [0.2] },
    { area: [0.2, 1.2] },
    { ratio: [-1, 2] },
    { ratio: [2, 1] },
    { mode: 'zeros' },
    { count: 2 },
    { count: [0, 1] },
    { count: [1, 1.5] },
    { prob: 0.5 },
    null,
  ])('the options %o', (options) => {
    expect(() => randomErasing(options as unknown as RandomErasingOptions)).toThrow(
      /^\[randomErasing\] .+\. .+\. \(OPTION_INVALID\)$/,
    );
  });
});
