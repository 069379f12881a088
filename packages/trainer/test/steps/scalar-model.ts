import * as tf from '@tensorflow/tfjs-core';
import { type AnyPlugin, createTrainer, type Trainer, type TrainerOptions } from '@cantrip/trainer';
import { sgd } from '@cantrip/optimizers';

/** A column of numbers as a batch, whose size it tells. */
export interface Column {
  readonly inputs: { readonly values: Float32Array; readonly shape: number[] };
  readonly targets: { readonly values: Float32Array; readonly shape: number[] };
  readonly size: number;
}

export function column(...values: readonly number[]): Column {
  const shape = [values.length, 1];
  return {
    inputs: { values: Float32Array.from(values), shape },
    targets: { values: new Float32Array(values.length), shape },
    size: values.length,
  };
}

/** One weight w, from 0, and the loss mean(x * w): its gradient is the mean of x, so that w tells what was trained on. */
export function scalarTrainer(
  options: Partial<TrainerOptions> = {},
  plugins: readonly AnyPlugin[] = [],
): Trainer {
  return createTrainer({
    device: 'cpu',
    handleInterrupt: false,
    reporter: false,
    model: () => {
      const w = tf.variable(tf.scalar(0));
      return (inputs) => tf.mul(inputs as tf.Tensor, w);
    },
    optimizer: sgd({ learningRate: 1 }),
    loss: (_, outputs) => tf.mean(outputs) as tf.Scalar,
    plugins: [{ name: 'fixed-seed', seed: 7 }, ...plugins],
    ...options,
  });
}

export async function weightOf(trainer: Trainer): Promise<number> {
  const { run } = await trainer.open();
  return Object.values(run.variables)[0]!.dataSync()[0]!;
}
