import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer, RunningOptimizer } from '../src/index.ts';

export type Values = Readonly<Record<string, tf.TensorLike>>;

/** One training in a test: its variables, and steps with gradients given as plain numbers. */
export interface Training {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly running: RunningOptimizer;
  /** The variables to update are those that have a gradient, in that order. */
  step(gradients: Values, learningRate?: number): void;
  numbers(): Record<string, number[]>;
  slotNumbers(): Record<string, number[]>;
  dispose(): void;
}

export function beginTraining(optimizer: Optimizer, initial: Values): Training {
  const variables = mapValues(initial, (value) => tf.tidy(() => tf.variable(tf.tensor(value))));
  const running = optimizer.start(Object.keys(initial));
  let steps = 0;
  return {
    variables,
    running,
    step: (values, learningRate = optimizer.learningRate) => {
      tf.tidy(() =>
        running.apply({
          variables: mapValues(values, (_, name) => variables[name] as tf.Variable),
          gradients: mapValues(values, (value) => tf.tensor(value)),
          learningRate: tf.scalar(learningRate),
          phase: optimizer.phase?.(steps) ?? 'update',
        }),
      );
      steps += 1;
    },
    numbers: () => mapValues(variables, numbersOf),
    slotNumbers: () => mapValues(running.slots(), numbersOf),
    dispose: () => {
      running.dispose();
      tf.dispose(variables);
    },
  };
}

function numbersOf(tensor: tf.Tensor): number[] {
  return [...tensor.dataSync()];
}

export function mapValues<In, Out>(
  object: Readonly<Record<string, In>>,
  change: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}
