import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { loadGolden, presentWays, tinyData, tinyModel, type Way } from '@cantrip/testing';
import type { AnyPlugin, Batch, BatchSource, HostContext, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { progressiveResizing, type ProgressiveResizingOptions } from '../src/index.ts';
import { pooledModel } from './pooled-model.ts';

const ways = await presentWays();

/** Images [height, width] in which each pixel says where it is: its row times 100, and its column. */
const places = (height: number, width: number, batches = 4): BatchSource => ({
  batchesPerEpoch: batches,
  *batches({ start }) {
    const pixels = Array.from(
      { length: height * width },
      (_, at) => Math.floor(at / width) * 100 + (at % width),
    );
    for (let at = start; at < batches; at++)
      yield {
        inputs: { values: Float32Array.from([...pixels, ...pixels]), shape: [2, height, width, 1] },
        targets: { values: Int32Array.of(0, 1), shape: [2] },
        size: 2,
      };
  },
});

const anySize = (shape: (number | null)[]): Partial<TrainerOptions> => ({
  metrics: [],
  // The pixels are large numbers.
  optimizer: sgd({ learningRate: 1e-9 }),
  model: () =>
    sequential({
      layers: [
        layers.conv2d({ filters: 2, kernelSize: 1, inputShape: shape }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 3 }),
      ],
    }),
});

interface Seen {
  readonly heights: number[];
  readonly widths: number[];
  readonly corners: number[];
  recordings: number;
}

/** Notes the size of the images in each step, their first pixel, and how often a step is recorded. */
function watching(): { readonly plugin: AnyPlugin; readonly seen: Seen } {
  const seen: Seen = { heights: [], widths: [], corners: [], recordings: 0 };
  const plugin: AnyPlugin = {
    name: 'watching',
    variables: () => ({ found: tf.variable(tf.zeros([3]), false) }),
    transformBatch(batch: Batch, { ownVariables }: { ownVariables: Readonly<Record<string, tf.Variable>> }) {
      const images = batch.inputs as tf.Tensor4D;
      const corner = tf.reshape(tf.slice(images, [0, 0, 0, 0], [1, 1, 1, 1]), [1]);
      ownVariables['found']!.assign(tf.concat([tf.tensor1d(images.shape.slice(1, 3)), corner]));
      return batch;
    },
    onStepEnd({
      ownVariables,
      recording,
    }: HostContext & { recording?: { count: number }; ownVariables: Readonly<Record<string, tf.Variable>> }) {
      const [height, width, corner] = ownVariables['found']!.dataSync();
      seen.heights.push(height!);
      seen.widths.push(width!);
      seen.corners.push(corner!);
      seen.recordings += recording?.count ?? 0;
    },
  };
  return { plugin, seen };
}

async function sizesIn(
  way: Way,
  options: ProgressiveResizingOptions,
  { data, epochs, more }: { data: BatchSource; epochs: number; more: Partial<TrainerOptions> },
): Promise<Seen> {
  const { plugin, seen } = watching();
  const trainer = way.tinyTrainer([progressiveResizing(options), plugin], more);
  await trainer.fit(data, { epochs });
  trainer.dispose();
  return seen;
}

interface Sizes {
  readonly sizes: readonly (readonly [number, number])[];
}
const { cases } = loadGolden<{ readonly sizes: Readonly<Record<string, Sizes>> }>(
  new URL('./golden.json', import.meta.url),
);

describe.each(ways)('progressive resizing $name', (way) => {
  it('trains on images of the sizes of Composer', async () => {
    const options = { delay: '10%', finetune: '40%', sizeIncrement: 8 } as const;
    const more = anySize([48, 32, 1]);
    const { heights, widths } = await sizesIn(way, options, { data: places(48, 32), epochs: 5, more });
    expect(widths.map((width, step) => [heights[step], width])).toEqual(
      cases.sizes['higher than wide']!.sizes,
    );
  });

  it('records each size once, and not again where a run goes back to it', async () => {
    const options = { delay: '25%', finetune: '25%', sizeIncrement: 8 } as const;
    const more = anySize([32, 32, 1]);
    const { widths, recordings } = await sizesIn(way, options, { data: places(32, 32), epochs: 4, more });
    expect(new Set(widths)).toEqual(new Set([16, 24, 32]));
    expect(recordings).toBe(way.captured ? 3 : 0);
  });

  it('records nothing anew where a stretched run goes back to smaller images', async () => {
    const { plugin, seen } = watching();
    const options = { delay: '25%', finetune: '25%', sizeIncrement: 8, newHorizon: 'stretch' } as const;
    const trainer = way.tinyTrainer([progressiveResizing(options), plugin], anySize([32, 32, 1]));
    for (const epochs of [1, 2, 3]) await trainer.fit(places(32, 32), { epochs });
    const goesBack = seen.widths.some((width, step) => width < seen.widths[step - 1]!);
    expect(goesBack).toBe(true);
    expect(seen.recordings).toBe(way.captured ? new Set(seen.widths).size : 0);
    trainer.dispose();
  });

  it('crops the same window of all images, and every window can come', async () => {
    const options = {
      mode: 'crop',
      delay: '100%',
      finetune: '0%',
      sizeIncrement: 1,
      initialScale: 0.5,
    } as const;
    const more = anySize([4, 4, 1]);
    const { corners, widths } = await sizesIn(way, options, { data: places(4, 4, 20), epochs: 8, more });
    expect(new Set(widths)).toEqual(new Set([2]));
    const windows = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => row * 100 + column));
    expect([...new Set(corners)].sort((a, b) => a - b)).toEqual(windows);
  });

  it('counts updates where gradients accumulate', async () => {
    const optimizer = accumulateGradients(sgd({ learningRate: 1e-9 }), { steps: 2 });
    const options = { delay: 1, finetune: 1, sizeIncrement: 8 } as const;
    const more = { ...anySize([32, 32, 1]), optimizer };
    const { widths } = await sizesIn(way, options, { data: places(32, 32), epochs: 2, more });
    // The last batch of each of the four steps.
    expect(widths).toEqual([16, 16, 24, 32]);
  });

  it('keeps the sizes of a run that is resumed with another length as newHorizon says', async () => {
    const options: ProgressiveResizingOptions = { delay: '25%', finetune: '25%', sizeIncrement: 8 };
    const run = async (newHorizon?: 'keep' | 'stretch'): Promise<number[]> => {
      const { plugin, seen } = watching();
      const given = newHorizon === undefined ? options : { ...options, newHorizon };
      const trainer = way.tinyTrainer([progressiveResizing(given), plugin], anySize([32, 32, 1]));
      await trainer.fit(places(32, 32), { epochs: 1 });
      try {
        await trainer.fit(places(32, 32), { epochs: 2 });
        return seen.widths.slice(4);
      } finally {
        trainer.dispose();
      }
    };
    expect(await run('keep')).toEqual([32, 32, 32, 32]);
    // Half of the growth is 24 pixels. The next step has 28 between 24 and 32, which is 3.5 increments: the even 4.
    expect(await run('stretch')).toEqual([24, 32, 32, 32]);
    await expect(run()).rejects.toThrow(/SCHEDULE_HORIZON/);
  });

  it('needs the width where the model reads any size, and shows whole images to validation', async () => {
    const more = anySize([null, null, 1]);
    const options = { delay: '100%', finetune: '0%', sizeIncrement: 8 } as const;
    await expect(sizesIn(way, options, { data: places(32, 32), epochs: 1, more })).rejects.toThrow(
      /^\[progressiveResizing\] width must be given.+OPTION_INVALID/,
    );
    const { widths } = await sizesIn(
      way,
      { ...options, width: 32 },
      { data: places(32, 32), epochs: 1, more },
    );
    expect(widths).toEqual([16, 16, 16, 16]);
    const one = way.tinyTrainer([progressiveResizing({ ...options, width: 32 })], more);
    const { epochs } = await one.fit(places(32, 32), { epochs: 1, validation: places(32, 32) });
    expect((await one.evaluate(places(32, 32)))['loss']).toBe(epochs[0]!['validation_loss']);
    one.dispose();
  });
});

describe('refused are', () => {
  const fit = async (
    options: ProgressiveResizingOptions,
    more: Partial<TrainerOptions>,
    data: BatchSource = tinyData(),
  ): Promise<void> => {
    const trainer = ways[0]!.tinyTrainer([progressiveResizing(options)], more);
    await trainer.fit(data, { epochs: 1 }).finally(() => trainer.dispose());
  };

  it('a model whose dense layer needs one size', async () => {
    await expect(fit({}, { model: tinyModel })).rejects.toThrow(
      /^\[progressiveResizing\] needs a model that reads images of any size, but this one cannot read images of 4 x 4.+globalAveragePooling2d.+MODEL_INVALID/,
    );
  });

  it('a model whose outputs shrink with its images', async () => {
    const model = (): ReturnType<typeof sequential> =>
      sequential({ layers: [layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [6, 6, 1] })] });
    await expect(fit({}, { model })).rejects.toThrow(
      /has outputs of shape \[4, 4, 1\] for images of 4 x 4, where its targets have \[6, 6, 1\].+MODEL_INVALID/,
    );
  });

  it('a model of rows', async () => {
    const model = (): ReturnType<typeof sequential> =>
      sequential({ layers: [layers.dense({ units: 3, inputShape: [4] })] });
    await expect(fit({}, { model })).rejects.toThrow(
      /needs a model whose only input is images.+MODEL_INVALID/,
    );
  });

  it('a width that is not that of the model, and lengths that do not fit into the run', async () => {
    await expect(fit({ width: 8 }, { model: pooledModel })).rejects.toThrow(
      /which is 6, got 8.+OPTION_INVALID/,
    );
    await expect(fit({ delay: 2, finetune: 2 }, { model: pooledModel })).rejects.toThrow(
      /2 and 2 steps of 3.+OPTION_INVALID/,
    );
  });

  it.each([
    { mode: 'zoom' },
    { interpolation: 'bicubic' },
    { initialScale: 0 },
    { initialScale: 1.5 },
    { initialScale: NaN },
    { delay: 0.5 },
    { delay: '60%', finetune: '50%' },
    { sizeIncrement: 0 },
    { sizeIncrement: 1.5 },
    { width: 0 },
    { size: 3 },
    null,
  ])('the options %o', (options) => {
    expect(() => progressiveResizing(options as ProgressiveResizingOptions)).toThrow(
      /^\[progressiveResizing\] .+\. .+\. \(OPTION_INVALID\)$/,
    );
  });
});
