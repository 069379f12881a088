import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import {
  type AnyPlugin,
  type BatchSource,
  createTrainer,
  meanSquaredError,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';

export interface Ran {
  readonly trainer: Trainer;
  readonly losses: number[];
  readonly log: string[];
}

/** Batches of one example: input 1, target 0. */
export const ones = (steps: number, shape: readonly number[] = [1, 1]): BatchSource => ({
  stepsPerEpoch: steps,
  batches: ({ start }) =>
    Array.from({ length: steps - start }, () => ({
      inputs: { values: new Float32Array(tf.util.sizeFromShape([...shape])).fill(1), shape },
      targets: { values: Float32Array.of(0), shape: [1, 1] },
      size: 1,
    })),
});

/** A trainer that notes the loss of each step. */
export function watchedLosses(options: Partial<TrainerOptions>): Ran {
  const losses: number[] = [];
  const log: string[] = [];
  const reader: AnyPlugin = {
    name: 'loss-reader',
    onStepEnd: async ({ loss }) => void losses.push(await loss()),
  };
  const trainer = createTrainer({
    device: 'tensorflow',
    model: () => tfl.sequential({ layers: [unit()] }),
    optimizer: sgd({ learningRate: 0 }),
    loss: meanSquaredError(),
    handleInterrupt: false,
    checkLossEvery: 1,
    reporter: false,
    log: (line) => void log.push(line),
    ...options,
    plugins: [...(options.plugins ?? []), reader],
  });
  return { trainer, losses, log };
}

/** Gives its input. */
export const unit = (): tfl.layers.Layer =>
  tfl.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'ones', useBias: false });

export type Recurrent = tfl.layers.Layer & { states_: tf.Tensor[]; resetStates(): void };

/** One unit with all weights 1: it gives the sum of all inputs since its state was 0. */
export const adder = (): Recurrent =>
  tfl.layers.simpleRNN({
    units: 1,
    stateful: true,
    batchInputShape: [1, 1, 1],
    kernelInitializer: 'ones',
    recurrentInitializer: 'ones',
    useBias: false,
    activation: 'linear',
  }) as unknown as Recurrent;
