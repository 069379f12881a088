import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { type Dataset, rebatch } from '@cantrip/data';
import { reestimateBatchNorm } from '@cantrip/freeze-bn';
import { type BindableSchedule, cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { type HostTensor, upload } from '@cantrip/ops';
import { adam, sgd } from '@cantrip/optimizers';
import { accuracy, type AnyPlugin, createTrainer, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import { importWeights } from '@cantrip/weights';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fewClothes, heldOutClothes, testClothes } from './clothes.ts';
import { efficientNetLite, lite0 } from './efficientnet-lite.ts';
import { readPretrained } from './pretrained-weights.ts';
import { names } from './torch-modules.ts';

export const setting = {
  /** Training images of each of the ten classes. */
  perClass: 20,
  size: 64,
  batch: 4,
  epochs: 4,
  /** Test images, or held-out images. */
  tests: 1000,
  device: 'auto',
};

export type Setting = typeof setting;

/** How the weights move: the rule, and the highest rate of its schedule. */
export interface UpdateRule {
  readonly optimizer: 'adam' | 'sgd';
  readonly rate: number;
}

export interface ClothesTrainer {
  readonly plugins: readonly AnyPlugin[];
  readonly rule: UpdateRule;
  /** Whether the network begins with ImageNet's weights. */
  readonly pretrained: boolean;
  readonly device: string;
}

/** A trainer of EfficientNet-Lite0 for ten classes of clothes. */
export function clothesTrainer({ plugins, rule, pretrained, device }: ClothesTrainer): Trainer {
  return createTrainer({
    device: device as DeviceName | 'auto',
    model: () => (pretrained ? pretrainedNetwork() : network()),
    optimizer: rule.optimizer === 'adam' ? adam({}) : sgd({ momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [...plugins, lrSchedule(rateUpTo(rule.rate))],
    log: () => undefined,
  });
}

export interface Outcome {
  readonly accuracy: number;
  readonly loss: number;
}

export interface ClothesRun {
  readonly setting: Setting;
  readonly seed: number;
  /** Which images say how good the network is. */
  readonly tested: 'test' | 'held out';
}

/** Trains on a few images. Returns how good the network is, and how to re-estimate its statistics. */
export async function trainOnClothes(
  trainer: Trainer,
  { setting: { perClass, size, batch, epochs, tests }, seed, tested }: ClothesRun,
): Promise<{ outcome(): Promise<Outcome>; reestimate(): Promise<void> }> {
  await trainer.open();
  const clothes = await fewClothes({ perClass, seed, size, batch });
  await trainer.fit(clothes, { epochs });
  const others = await (tested === 'test' ? testClothes : heldOutClothes)(tests, size);
  return {
    outcome: async () => {
      const { accuracy: share = Number.NaN, loss = Number.NaN } = await trainer.evaluate(others);
      return { accuracy: share, loss };
    },
    reestimate: () => reestimate(trainer, clothes),
  };
}

/** A warm-up over a fifth of the run, because the new last layer has large gradients at first; then cosine decay to 0. */
const rateUpTo = (peak: number): BindableSchedule =>
  warmup(cosine({ value: peak, steps: '100%' }), { steps: '20%', convention: 'inside' });

const network = (): LayersModel =>
  efficientNetLite({ ...lite0, classes: 10, imageSize: [setting.size, setting.size] });

/** ImageNet's weights, and a last layer of ten classes with initial weights. */
function pretrainedNetwork(): LayersModel {
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
