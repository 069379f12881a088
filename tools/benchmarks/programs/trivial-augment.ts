// What TrivialAugment costs where the data is read, in the worker and in the main thread.
// npx tsx --conditions=@cantrip/source tools/benchmarks/programs/trivial-augment.ts
import { arrayDataset, type Dataset, trivialAugment } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const side = 32;
const examples = 2048;
const rounds = 25;

function images({ augmented, prefetch }: { augmented: boolean; prefetch: number }): Dataset {
  const values = Uint8Array.from({ length: examples * side * side * 3 }, (_, at) => (at * 31) % 251);
  return arrayDataset({
    inputs: { values, shape: [examples, side, side, 3] },
    targets: { values: Int32Array.from({ length: examples }, (_, at) => at % 10), shape: [examples] },
    classes: 10,
    batchSize: 64,
    shuffle: true,
    prefetch,
    augment: augmented ? [trivialAugment()] : [],
  });
}

const newTrainer = (): Trainer =>
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
    log: () => undefined,
  });

const way = (name: string, augmented: boolean, prefetch: number) => ({
  name,
  trainer: newTrainer(),
  data: images({ augmented, prefetch }),
  times: [] as number[],
});
const ways = [
  way('without', false, 2),
  way('without, once more', false, 2),
  way('in the worker', true, 2),
  way('in the main thread', true, 0),
];

// The first epochs record the steps.
for (let epochs = 1; epochs <= rounds + 2; epochs++) {
  for (const { trainer, data, times } of ways) {
    const begin = performance.now();
    await trainer.fit(data, { epochs });
    if (epochs > 2) times.push(performance.now() - begin);
  }
}

const [without, ...others] = ways;
for (const { name, times } of others) {
  const ratios = times.map((time, round) => time / without!.times[round]!).sort((a, b) => a - b);
  const quartiles = [0.25, 0.5, 0.75].map((share) => ratios[Math.floor(share * ratios.length)]!.toFixed(2));
  console.log(`${name}: ${quartiles[1]} [${quartiles[0]}, ${quartiles[2]}] of an epoch without`);
}
for (const { trainer } of ways) trainer.dispose();
