import { sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, type Nested, presentWays } from '@cantrip/testing';
import type { AnyPlugin, Batch, BatchSource, HostContext, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { progressiveResizing, type ProgressiveResizingOptions } from '../src/index.ts';

interface Segmented {
  readonly images: Nested;
  readonly targets: Nested;
  readonly scale: number;
  readonly 'resized images': Nested;
  readonly 'resized targets': Nested;
}

const { cases, tolerance } = loadGolden<{ readonly segmented: Readonly<Record<string, Segmented>> }>(
  new URL('./golden.json', import.meta.url),
);

/** A network whose outputs have the size of its images. */
const segmenting = (shape: readonly number[]): Partial<TrainerOptions> => ({
  metrics: [],
  optimizer: sgd({ learningRate: 0.01 }),
  loss: (targets, outputs, weights) => {
    const difference = tf.sub(tf.mean(outputs as tf.Tensor), tf.mean(targets as tf.Tensor));
    return (weights ? tf.mul(difference, tf.mean(weights)) : difference) as tf.Scalar;
  },
  model: () =>
    sequential({
      layers: [layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [...shape.slice(1)] })],
    }),
});

type Parts = 'inputs' | 'targets' | 'weights';
type Seen = Readonly<Record<Parts, { readonly shape: number[]; readonly values: number[]; dtype: string }>>;

/** Keeps what the loss reads, in variables as large as whole images. */
function watching(largest: number, seen: Seen[]): AnyPlugin {
  type Own = { readonly ownVariables: Readonly<Record<string, tf.Variable>> };
  const shapes: Record<string, { shape: number[]; dtype: string }> = {};
  return {
    name: 'watching',
    variables: () =>
      Object.fromEntries(
        ['inputs', 'targets', 'weights'].map((name) => [name, tf.variable(tf.zeros([largest]), false)]),
      ),
    transformBatch(batch: Batch, { ownVariables }: Own) {
      for (const name of ['inputs', 'targets', 'weights'] as const) {
        const one = batch[name] as tf.Tensor | undefined;
        if (!one) continue;
        shapes[name] = { shape: one.shape, dtype: one.dtype };
        const flat = tf.cast(tf.reshape(one, [-1]), 'float32');
        ownVariables[name]!.assign(tf.pad(flat, [[0, largest - one.size]]));
      }
      return batch;
    },
    onStepEnd({ ownVariables }: HostContext & Own) {
      const read = Object.entries(shapes).map(([name, { shape, dtype }]) => [
        name,
        { shape, dtype, values: [...ownVariables[name]!.dataSync()].slice(0, tf.util.sizeFromShape(shape)) },
      ]);
      seen.push(Object.fromEntries(read) as Seen);
    },
  };
}

const source = (images: tf.Tensor, targets: tf.Tensor, weights?: tf.Tensor): BatchSource => ({
  batchesPerEpoch: 1,
  *batches() {
    yield {
      inputs: tf.clone(images),
      targets: tf.clone(targets),
      ...(weights && { weights: tf.clone(weights) }),
      size: images.shape[0]!,
    };
  },
});

const always = { delay: '100%', finetune: '0%', sizeIncrement: 1, resizeTargets: true } as const;

describe.each(await presentWays())('targets of every pixel $name', ({ tinyTrainer }) => {
  async function seenIn(
    options: ProgressiveResizingOptions,
    ...data: Parameters<typeof source>
  ): Promise<Seen> {
    const seen: Seen[] = [];
    const plugins = [progressiveResizing(options), watching(1024, seen)];
    const trainer = tinyTrainer(plugins, segmenting(data[0].shape));
    await trainer.fit(source(...data), { epochs: 1 }).finally(() => trainer.dispose());
    return seen[0]!;
  }

  it.each(Object.entries(cases.segmented))('are those of Composer: %s', async (_, one) => {
    const [images, wanted] = [
      tf.tensor(one.images as number[]),
      tf.tensor(one['resized targets'] as number[]),
    ];
    const dtype = wanted.rank === 3 ? 'int32' : 'float32';
    const targets = tf.tensor(one.targets as number[], undefined, dtype);
    const options = { ...always, initialScale: one.scale, interpolation: 'nearest' } as const;
    const seen = await seenIn(options, images, targets);
    expectClose(seen.inputs.values, one['resized images'], tolerance);
    expect(seen.targets.values).toEqual([...wanted.dataSync()]);
    expect(seen.targets).toMatchObject({ shape: wanted.shape, dtype });
    // Classes stay classes where images are interpolated.
    const between = await seenIn({ ...options, interpolation: 'bilinear' }, images, targets);
    expect(between.targets).toEqual(seen.targets);
    expect(between.inputs.values).not.toEqual(seen.inputs.values);
  });

  it('are cropped where their images are, and weights of every pixel too', async () => {
    const pixels = tf.reshape(tf.range(0, 128), [2, 8, 8, 1]);
    const targets = tf.cast(tf.squeeze(pixels, [3]), 'int32');
    const weights = tf.add(tf.squeeze(pixels, [3]), 1);
    const seen = await seenIn({ ...always, mode: 'crop' }, pixels, targets, weights);
    expect(seen.targets.shape).toEqual([2, 4, 4]);
    expect(seen.targets.values).toEqual(seen.inputs.values);
    expect(seen.weights.values).toEqual(seen.inputs.values.map((one) => one + 1));
  });

  it('leave weights of whole examples as they are', async () => {
    const images = tf.ones([2, 8, 8, 1]);
    const seen = await seenIn(always, images, tf.ones([2, 8, 8]), tf.tensor1d([1, 3]));
    expect(seen.weights).toMatchObject({ shape: [2], values: [1, 3] });
  });

  it('are refused in another size than the images', async () => {
    const images = tf.ones([2, 8, 8, 1]);
    for (const targets of [tf.ones([2]), tf.ones([2, 8, 4]), tf.ones([2, 3])])
      await expect(seenIn(always, images, targets)).rejects.toThrow(
        /with resizeTargets, needs targets of the images' 8 x 8.+got shape \[2.+SHAPE_MISMATCH/,
      );
  });
});
