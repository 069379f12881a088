// Random erasing on the device, as the plugin does it, or on the host, where the data is read.
// npx tsx --conditions=@cantrip/source tools/benchmarks/programs/random-erasing.ts
import { arrayDataset, type CustomAugmentation, type Dataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { randomErasing } from '@cantrip/random-erasing';
import { createTrainer, type PluginList, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const side = 32;
const examples = 512;
const rounds = 25;

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

function images(augment: readonly CustomAugmentation[]): Dataset {
  const values = Uint8Array.from({ length: examples * side * side * 3 }, (_, at) => (at * 31) % 251);
  return arrayDataset({
    inputs: { values, shape: [examples, side, side, 3] },
    targets: { values: Int32Array.from({ length: examples }, (_, at) => at % 10), shape: [examples] },
    classes: 10,
    batchSize: 64,
    shuffle: true,
    augment: [...augment],
  });
}

const trainerWith = (plugins: PluginList): Trainer =>
  createTrainer({
    device: 'tensorflow',
    model: () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 16, kernelSize: 3, inputShape: [side, side, 3], activation: 'relu' }),
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

const ways = [
  { name: 'without', trainer: trainerWith([]), data: images([]), times: [] as number[] },
  {
    name: 'device',
    trainer: trainerWith([randomErasing({ probability: 1 })]),
    data: images([]),
    times: [] as number[],
  },
  { name: 'host', trainer: trainerWith([]), data: images([eraseOnHost]), times: [] as number[] },
];

// The first epochs record the steps.
for (let epochs = 1; epochs <= rounds + 2; epochs++) {
  for (const { trainer, data, times } of ways) {
    const begin = performance.now();
    await trainer.fit(data, { epochs });
    if (epochs > 2) times.push(performance.now() - begin);
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const [without, ...others] = ways;
for (const { name, times } of others) {
  const ratios = times.map((time, round) => time / without!.times[round]!);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((one) => one.toFixed(2));
  console.log(`${name}: ${median(ratios).toFixed(2)} [${least}, ${most}] of an epoch without erasing`);
}
for (const { trainer } of ways) trainer.dispose();
