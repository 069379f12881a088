import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import {
  type AnyPlugin,
  type BatchSource,
  createTrainer,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';

export type Layer = tfl.layers.Layer;
export type Shape = readonly number[];

export interface Watching {
  readonly model: TrainerOptions['model'];
  readonly device?: NonNullable<TrainerOptions['device']>;
  readonly plugins?: readonly AnyPlugin[];
  readonly capture?: boolean | 'auto';
}

/** A trainer that changes no weight, and what the model gave in each step. */
export function watched({ model, device = 'cpu', plugins = [], capture = 'auto' }: Watching): {
  trainer: Trainer;
  outputs: number[][];
} {
  const outputs: number[][] = [];
  let latest: tf.Variable | undefined;
  const watch: AnyPlugin = {
    name: 'watch',
    seed: 7,
    // A variable, because a tensor that is kept has no value where the step is recorded.
    transformOutputs: (given: tf.Tensor) => {
      latest ??= tf.variable(tf.zeros(given.shape), false);
      latest.assign(given);
      return given;
    },
    onStepEnd: () => void outputs.push(Array.from(latest!.dataSync())),
    setup: () => () => latest?.dispose(),
  };
  const trainer = createTrainer({
    device,
    model,
    optimizer: sgd({ learningRate: 0 }),
    loss: (_targets, given) => tf.mean(given as tf.Tensor) as tf.Scalar,
    plugins: [watch, ...plugins],
    // Losses that wait to be looked at are tensors more.
    checkLossEvery: 1,
    handleInterrupt: false,
    capture,
    log: () => undefined,
  });
  return { trainer, outputs };
}

/** Batches of one example, all ones. */
export const ones = (steps: number, shape: Shape): BatchSource => ({
  stepsPerEpoch: steps,
  *batches({ start }) {
    const values = new Float32Array(tf.util.sizeFromShape([...shape])).fill(1);
    for (let step = start; step < steps; step++) {
      yield {
        inputs: { values, shape: [1, ...shape] },
        targets: { values: new Float32Array([0]), shape: [1, 1] },
        size: 1,
      };
    }
  },
});

export const size = 12;

export async function outputsOf(
  watching: Watching,
  { steps = 3, shape = [size] }: { steps?: number; shape?: Shape } = {},
): Promise<number[][]> {
  const { trainer, outputs } = watched(watching);
  await trainer.fit(ones(steps, shape), { epochs: 1 });
  trainer.dispose();
  return outputs;
}

/** Passes everything on: a model must have something to train. */
export const passing = (units: number = size): Layer =>
  tfl.layers.dense({ units, kernelInitializer: 'identity', useBias: false, name: 'passing' });
export const sequential = (...layers: Layer[]): tfl.LayersModel =>
  tfl.sequential({ layers: [...layers, passing()] });
export const drop = (options: object = {}): Layer =>
  tfl.layers.dropout({ rate: 0.5, inputShape: [size], name: 'drop', ...options });

/** Mean and standard deviation. */
export const moments = (values: readonly number[]): number[] => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance)];
};
