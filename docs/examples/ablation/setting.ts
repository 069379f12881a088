import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  createTrainer,
  type ModelOption,
  softmaxCrossEntropy,
  type Trainer,
} from '@cantrip/trainer';
import { resnet8 } from './resnet8.ts';

/** What all experiments have in common, and `--quick` makes small. */
export const setting = {
  /** Training images. */
  images: 12_000,
  /** Test images. */
  tests: 10_000,
  epochs: 8,
  /** Filters of the network's first stage. */
  width: 16,
  /** Images of the fine-tuning, where there is one. */
  fineTuning: 1600,
  device: 'auto',
};

export type Setting = typeof setting;

/** The learning rate at batch 64; in proportion at other batch sizes. */
export const RATE = 0.1;
export const BATCH = 64;

export interface TrainerParts {
  readonly plugins: readonly AnyPlugin[];
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
    optimizer: sgd({ learningRate: rate, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins,
    log: () => undefined,
  });
}
