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

/** What all experiments have in common, and `--quick` makes small. */
export const setting = {
  /** Training images. */
  images: 8000,
  /** Test images. */
  tests: 10_000,
  /** Training images that nothing is trained on, to choose rates by. */
  heldOut: 5000,
  epochs: 8,
  weightDecay: 5e-4,
  /** Filters of the network's first stage. */
  width: 16,
  /** Images of the fine-tuning, where there is one. */
  fineTuning: 1600,
  device: 'auto',
};

export type Setting = typeof setting;

/** Few images, so often, and with so little to hold the weights back, that the network learns them by heart. */
export const byHeart: Setting = { ...setting, images: 2000, epochs: 40, weightDecay: 1e-5 };

/** A learning rate at batch 64, in proportion at other batch sizes: of constant ones the best that `main.ts rates` found. */
export const RATE = 0.1;
/** And the best one for a schedule to rise to. */
export const PEAK_RATE = 0.3;
export const BATCH = 64;

/** A warm-up over a tenth of the run, then cosine decay to 0. */
export const scheduleTo = (peak: number): BindableSchedule =>
  warmup(cosine({ value: peak, steps: '100%' }), { steps: '10%', convention: 'inside' });

export interface TrainerParts {
  readonly plugins: PluginList;
  readonly parameters: Setting;
  readonly rate?: number;
  /** A trained model, to go on from. */
  readonly model?: ModelOption;
}

/** A trainer as all experiments use it: SGD with Nesterov momentum and weight decay on a ResNet-8. */
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
