import type * as tf from '@tensorflow/tfjs-core';
import type { LiveRun } from '../run/live-run.ts';
import type { ModelContext } from '../contract/run.ts';
import { modelRandom, randomTensors } from './random-tensors.ts';

type InferenceOf = Pick<LiveRun, 'run' | 'position'>;

/**
 * What a model is told when it predicts or is evaluated. A function that draws even then (Monte Carlo dropout) draws
 * the same for as long as the run stands at its step, and nothing that training draws.
 */
export function inference({ run, position }: InferenceOf, stepTensor?: tf.Scalar): ModelContext {
  const place = { seed: run.seed, step: position.step };
  const random = randomTensors(stepTensor ? { ...place, stepTensor } : place);
  return { training: false, random: modelRandom(random, 'inference') };
}
