import type * as tf from '@tensorflow/tfjs-core';
import type { Run } from '../contract/run.ts';
import type { PassContext } from '../model/built-model.ts';
import type { Position } from '../contract/position.ts';
import { modelRandom, randomTensors } from './random/random-tensors.ts';
import { scalarsOf } from './step-contexts.ts';

/** The parts of a run that decide the numbers that a model draws in inference. */
export interface InferenceOf {
  readonly run: Pick<Run, 'seed'>;
  readonly position: Pick<Position, 'step'>;
}

/**
 * The context of a model in prediction and evaluation. A model may draw random numbers even then (Monte Carlo
 * dropout). It draws the same ones as long as the run is at this step, and never those of training.
 */
export function inference({ run, position }: InferenceOf, stepTensor?: tf.Scalar): PassContext {
  const place = { seed: run.seed, step: position.step };
  const random = randomTensors(stepTensor ? { ...place, stepTensor } : place);
  return {
    training: false,
    random: modelRandom(random, 'inference'),
    step: { random: modelRandom(random, 'inference/plugins'), ...scalarsOf({}) },
  };
}
