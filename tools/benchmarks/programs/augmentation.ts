/**
 * What augmentation of images costs, in the worker, in the main thread and on the device: the time of an epoch of a small
 * CNN on images of 32 x 32 x 3, divided by that of an epoch without. Takes a minute; writes results/augmentation.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/augmentation.ts [rounds]
 */
import {
  arrayDataset,
  type Augmentation,
  type CustomAugmentation,
  type Dataset,
  trivialAugment,
} from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { randomErasing } from '@cantrip/random-erasing';
import { createTrainer, type PluginList, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { timesInTurns, writeResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { ratioSpread, roundedSpread } from '../measuring/spread.ts';

const SIDE = 32;
const EXAMPLES = 2048;
const rounds = Number(process.argv[2] ?? 25);

/** What the plugin does with the probability 1, on the bytes of one image. */
const eraseOnHost: CustomAugmentation = ({ values, height, width, channels }, random) => {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = (0.02 + random.uniform() * (1 / 3 - 0.02)) * height * width;
    const ratio = Math.exp(Math.log(0.3) * (1 - 2 * random.uniform()));
    const rows = Math.round(Math.sqrt(area * ratio));
    const columns = Math.round(Math.sqrt(area / ratio));
    if (rows >= height || columns >= width) continue;
    const top = random.integer(height - rows + 1);
    const left = random.integer(width - columns + 1);
    for (let y = top; y < top + rows; y++)
      values.fill(0, (y * width + left) * channels, (y * width + left + columns) * channels);
    return;
  }
};

function images(augment: readonly Augmentation[], prefetch: number): Dataset {
  const values = Uint8Array.from({ length: EXAMPLES * SIDE * SIDE * 3 }, (_, at) => (at * 31) % 251);
  return arrayDataset({
    inputs: { values, shape: [EXAMPLES, SIDE, SIDE, 3] },
    targets: { values: Int32Array.from({ length: EXAMPLES }, (_, at) => at % 10), shape: [EXAMPLES] },
    classes: 10,
    batchSize: 64,
    shuffle: true,
    prefetch,
    augment: [...augment],
  });
}

const trainerWith = (plugins: PluginList): Trainer =>
  createTrainer({
    device: 'tensorflow',
    model: () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 16, kernelSize: 3, inputShape: [SIDE, SIDE, 3], activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
          layers.globalAveragePooling2d({}),
          layers.dense({ units: 10 }),
        ],
      }),
    optimizer: sgd({ learningRate: 1e-6 }),
    loss: softmaxCrossEntropy(),
    plugins,
    log: () => undefined,
  });

/** Trains one more epoch; gives its milliseconds. */
function epochsOf(data: Dataset, plugins: PluginList = []): () => Promise<number> {
  const trainer = trainerWith(plugins);
  let epochs = 0;
  return async () => {
    const begin = performance.now();
    await trainer.fit(data, { epochs: ++epochs });
    return performance.now() - begin;
  };
}

const times = await timesInTurns(
  {
    without: epochsOf(images([], 2)),
    'without, again': epochsOf(images([], 2)),
    'TrivialAugment in the worker': epochsOf(images([trivialAugment()], 2)),
    'TrivialAugment in the main thread': epochsOf(images([trivialAugment()], 0)),
    'without, no worker': epochsOf(images([], 0)),
    'random erasing on the device': epochsOf(images([], 0), [randomErasing({ probability: 1 })]),
    'random erasing in the main thread': epochsOf(images([eraseOnHost], 0)),
  },
  rounds,
);
const ratios = Object.entries(times).map(
  ([way, each]) => [way, roundedSpread(ratioSpread(each, times.without))] as const,
);
writeResult('augmentation', {
  ...measuredHere(),
  what: `an epoch of a small CNN on ${EXAMPLES} images of ${SIDE} x ${SIDE} x 3 at batch 64, captured, divided by the epoch without augmentation of the same round: median and quartiles of ${rounds} rounds in turns`,
  ratios: Object.fromEntries(ratios),
});
