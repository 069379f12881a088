import type * as tf from '@tensorflow/tfjs-core';
import type { Feeds } from '@cantrip/core-tensor-gpu';
import type { HostTensors } from '@cantrip/ops';
import type { BuiltModel } from '../model/built-model.ts';
import type { Tensors } from '../contract/batch.ts';
import { inference, type InferenceOf } from './inference.ts';
import { stepFeed } from './random/random-tensors.ts';
import { createRunner, type RunnerOptions } from './runner.ts';

/** Computes the model's outputs in inference mode; see {@link Trainer.predict}. */
export interface PredictionRunner {
  run(inputs: HostTensors | Tensors): Promise<Tensors>;
  forget(): void;
}

interface Symbols {
  readonly inputs: Tensors;
  readonly step: tf.Scalar;
}

export function createPredictionRunner(
  live: InferenceOf & { readonly model: BuiltModel },
  options: RunnerOptions,
): PredictionRunner {
  const runner = createRunner(
    ({ inputs, step }: Symbols) => live.model.call(inputs, inference(live, step)),
    options,
  );
  return {
    run(inputs) {
      const step = stepFeed(live.position.step);
      return runner.run({ inputs, step } as unknown as Feeds<Symbols>, { structure: live.model.identity() });
    },
    forget: runner.forget,
  };
}
