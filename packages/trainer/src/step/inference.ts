import type * as tf from '@tensorflow/tfjs-core';
import type { ModelContext, Run } from '../contract/run.ts';
import type { Position } from './position.ts';
import { modelRandom, randomTensors } from './random-tensors.ts';

/** Of a run, what decides the numbers that a model draws then. */
export interface InferenceOf {
  readonly run: Pick<Run, 'seed'>;
  readonly position: Pick<Position, 'step'>;
}

/**
 * What a model is told when it predicts or is evaluated. A function that draws even then (Monte Carlo dropout) draws
 * the same for as long as the run stands at its step, and nothing that training draws.
 */
export function inference({ run, position }: InferenceOf, stepTensor?: tf.Scalar): ModelContext {
  const place = { seed: run.seed, step: position.step };
  const random = randomTensors(stepTensor ? { ...place, stepTensor } : place);
  return { training: false, random: modelRandom(random, 'inference') };
}
