// Few images of clothes in small batches, on a network that knows ImageNet: with the statistics of those batches, with
// those of ImageNet, and on a network that knows nothing.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { type Dataset, rebatch } from '@cantrip/data';
import { batchNormFreezing, reestimateBatchNorm } from '@cantrip/freeze-bn';
import { type BindableSchedule, cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { adam } from '@cantrip/optimizers';
import { accuracy, createTrainer, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import { type HostTensor, upload } from '@cantrip/ops';
import { importWeights } from '@cantrip/weights';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fewClothes, testClothes } from './clothes.ts';
import { efficientNetLite, lite0 } from './efficientnet-lite.ts';
import { readPretrained } from './pretrained-weights.ts';
import { names } from './torch-modules.ts';

export const setting = {
  /** Training images of each of the ten classes. */
  perClass: 20,
  size: 64,
  batch: 4,
  epochs: 4,
  rate: 3e-4,
  /** Test images. */
  tests: 1000,
  device: 'auto',
};

const FROZEN = 'frozen';
const SCRATCH = 'from scratch';

export const experiment: Ablation = defineAblation({
  name: 'pretrained',
  parameters: setting,
  plugins: [
    { name: FROZEN, with: batchNormFreezing() },
    // Only its name matters.
    { name: SCRATCH, with: { name: 'from-scratch' } },
  ],
  trainer: ({ plugins, parameters, has }) =>
    createTrainer({
      device: parameters.device as DeviceName | 'auto',
      model: () => (has(SCRATCH) ? network() : pretrained()),
      optimizer: adam({}),
      loss: softmaxCrossEntropy(),
      metrics: [accuracy()],
      plugins: [...plugins, lrSchedule(rateUpTo(parameters.rate))],
      log: () => undefined,
    }),
  fit: async (trainer, { parameters, seed, has }) => {
    const { perClass, size, batch, epochs, tests } = parameters;
    await trainer.open();
    const clothes = await fewClothes({ perClass, seed, size, batch });
    await trainer.fit(clothes, { epochs });
    const test = await testClothes(tests, size);
    const { accuracy: share = 0, loss = Number.NaN } = await trainer.evaluate(test);
    // 200 steps hardly move the moving statistics of a network that learns from scratch.
    if (!has(FROZEN)) await reestimate(trainer, clothes);
    const { accuracy: again = 0 } = await trainer.evaluate(test);
    return { test_accuracy: share, reestimated_accuracy: again, test_loss: loss };
  },
  figures: [
    { name: 'test_accuracy', better: 'higher', percent: true },
    { name: 'reestimated_accuracy', better: 'higher', percent: true },
    { name: 'test_loss', better: 'lower' },
  ],
});

/** A warm-up over a fifth of the run, because the new last layer has large gradients at first; then cosine decay to 0. */
const rateUpTo = (peak: number): BindableSchedule =>
  warmup(cosine({ value: peak, steps: '100%' }), { steps: '20%', convention: 'inside' });

const network = (): LayersModel =>
  efficientNetLite({ ...lite0, classes: 10, imageSize: [setting.size, setting.size] });

/** ImageNet's weights, and a last layer of ten classes with initial weights. */
function pretrained(): LayersModel {
  const model = network();
  const isHead = (name: string): boolean => name.startsWith('classifier/');
  importWeights(model, readPretrained(), {
    names: (name) => (isHead(name) ? undefined : names(name)),
    layout: 'pytorch',
    ignore: ['_fc.*'],
  });
  return model;
}

/** The statistics of all training images, computed with the final weights. */
async function reestimate(trainer: Trainer, clothes: Dataset): Promise<void> {
  const { run } = await trainer.open();
  await reestimateBatchNorm(run.model as LayersModel, inputsOf(rebatch(clothes, { batchSize: 100 })));
}

async function* inputsOf(data: Dataset): AsyncGenerator<tf.Tensor> {
  for await (const { inputs } of data.batches()) {
    const images = upload(inputs as HostTensor);
    yield images;
    images.dispose();
  }
}
