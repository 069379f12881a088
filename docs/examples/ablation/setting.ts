import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { type BindableSchedule, cosine, warmup } from '@cantrip/lr-schedules';
import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  createTrainer,
  type ModelOption,
  type PluginList,
  softmaxCrossEntropy,
  type Trainer,
} from '@cantrip/trainer';
import { resnet8 } from './resnet8.ts';

/** The common settings of all experiments. `--quick` makes them small. */
export const setting = {
  /** Training images. */
  images: 8000,
  /** Test images. */
  tests: 10_000,
  /** Training images that no network is trained on, to choose rates with. */
  heldOut: 5000,
  epochs: 8,
  weightDecay: 5e-4,
  /** The number of filters in the network's first stage. */
  width: 16,
  /** The number of images for fine-tuning, if there is one. */
  fineTuning: 1600,
  device: 'auto',
};

export type Setting = typeof setting;

/** Few images, many epochs and little weight decay, so that the network memorises the images. */
export const byHeart: Setting = { ...setting, images: 2000, epochs: 40, weightDecay: 1e-5 };

/**
 * The learning rate at batch 64, in proportion at other batch sizes: the best constant rate that `main.ts rates`
 * found.
 */
export const RATE = 0.1;
/** The best peak of a schedule. */
export const PEAK_RATE = 0.3;
export const BATCH = 64;

/** A warm-up over a tenth of the run, then cosine decay to 0. */
export const scheduleTo = (peak: number): BindableSchedule =>
  warmup(cosine({ value: peak, steps: '100%' }), { steps: '10%', convention: 'inside' });

export interface TrainerParts {
  readonly plugins: PluginList;
  readonly parameters: Setting;
  readonly rate?: number;
  /** A trained model to continue from. */
  readonly model?: ModelOption;
}

/** The trainer of all experiments: a ResNet-8 with SGD, Nesterov momentum and weight decay. */
export function resnetTrainer({ plugins, parameters, rate = RATE, model }: TrainerParts): Trainer {
  return createTrainer({
    device: parameters.device as DeviceName | 'auto',
    model: model ?? (() => resnet8(parameters.width)),
    optimizer: sgd({
      learningRate: rate,
      momentum: 0.9,
      nesterov: true,
      weightDecay: parameters.weightDecay,
    }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins,
    log: () => undefined,
  });
}
