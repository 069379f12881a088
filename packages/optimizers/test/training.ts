import { type CapturedStep, captureStep } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, Optimizer, RunningOptimizer } from '../src/index.ts';

export type Values = Readonly<Record<string, tf.TensorLike>>;

/** One training in a test: its variables, and steps with gradients given as plain numbers. */
export interface Training {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly running: RunningOptimizer;
  /** The variables to update are those that have a gradient, in that order. */
  step(gradients: Values, learningRate?: number, weight?: number): void;
  numbers(): Record<string, number[]>;
  slotNumbers(): Record<string, number[]>;
  dispose(): void;
}

interface StepInputs {
  readonly gradients: NamedTensors;
  readonly learningRate: tf.Scalar;
  readonly weight?: tf.Scalar;
}

/** @param captured - whether the update is recorded, for each phase and set of variables, and replayed */
export function beginTraining(optimizer: Optimizer, initial: Values, captured = false): Training {
  const variables = mapValues(initial, (value) => tf.tidy(() => tf.variable(tf.tensor(value))));
  const running = optimizer.start(Object.keys(initial));
  let steps = 0;
  let phase: 'accumulate' | 'update' = 'update';

  function update({ gradients, learningRate, weight }: StepInputs): Record<string, never> {
    const updated = mapValues(gradients, (_, name) => variables[name] as tf.Variable);
    running.apply({ variables: updated, gradients, learningRate, phase, weight });
    return {};
  }

  const recorded: CapturedStep<StepInputs, unknown> | undefined = captured ? captureStep(update) : undefined;
  return {
    variables,
    running,
    step: (values, learningRate = optimizer.learningRate, weight) => {
      phase = (steps + 1) % (optimizer.batchesPerStep ?? 1) === 0 ? 'update' : 'accumulate';
      tf.tidy(() => {
        const gradients = mapValues(values, (value) => tf.tensor(value));
        const inputs = {
          gradients,
          learningRate: tf.scalar(learningRate),
          ...(weight !== undefined && { weight: tf.scalar(weight) }),
        };
        if (recorded) recorded.runSync(inputs, { structure: [phase, ...Object.keys(values)].join() });
        else update(inputs);
      });
      steps += 1;
    },
    numbers: () => mapValues(variables, numbersOf),
    slotNumbers: () => mapValues(running.slots(), numbersOf),
    dispose: () => {
      recorded?.dispose();
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
