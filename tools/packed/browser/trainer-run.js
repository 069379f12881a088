// A training in memory with tricks as plugins, on the backend that TensorFlow.js has: the same in Node and in a browser.
import { arrayDataset } from '@cantrip/data';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { backendDevice, randomStream } from '@cantrip/ops';
import { sgd } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { accuracy, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';

export async function run(backend) {
  const random = randomStream({ seed: 1, stream: 'data' });
  const rows = 48;
  const values = Float32Array.from({ length: rows * 4 }, (_, i) => random.normal() + ((i >> 2) % 3));
  const data = arrayDataset({
    inputs: { values, shape: [rows, 4] },
    targets: { values: Int32Array.from({ length: rows }, (_, i) => i % 3), shape: [rows] },
    batchSize: 12,
    shuffle: true,
  });
  const logs = [];
  const trainer = createTrainer({
    device: await backendDevice(backend),
    model: () =>
      sequential({
        layers: [
          layers.dense({ units: 16, inputShape: [4], activation: 'relu' }),
          layers.batchNormalization(),
          layers.dense({ units: 3 }),
        ],
      }),
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [
      seed({ value: 42 }),
      lrSchedule(cosine({ value: 0.1, steps: '100%' })),
      labelSmoothing({ smoothing: 0.1 }),
    ],
    log: (message) => logs.push(message),
  });
  const { epochs } = await trainer.fit(data, { epochs: 4, validation: data });
  const { device } = await trainer.open();
  trainer.dispose();
  const prefetched = await refusal(async () => {
    const worker = arrayDataset({
      inputs: { values, shape: [rows, 4] },
      targets: { values: new Int32Array(rows), shape: [rows] },
      batchSize: 12,
      prefetch: 1,
    });
    for await (const batch of worker.batches({ seed: 1, epoch: 0, start: 0, examples: 0 })) void batch;
  });
  const named = await refusal(async () => {
    const other = createTrainer({
      model: () => sequential({ layers: [layers.dense({ units: 3, inputShape: [4] })] }),
      optimizer: sgd({ learningRate: 0.1 }),
      loss: softmaxCrossEntropy(),
      device: 'auto',
    });
    await other.open();
    other.dispose();
  });
  const numbers = epochs
    .flatMap(({ loss, validation }) => [loss, ...Object.values(validation ?? {})])
    .map(Number);
  return { numbers, notes: { device: device.name, prefetched, named, logs: logs.join('\n') } };
}

async function refusal(call) {
  try {
    await call();
    return 'accepted';
  } catch (error) {
    return String(error);
  }
}
