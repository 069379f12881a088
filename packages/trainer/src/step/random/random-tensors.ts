import * as tf from '@tensorflow/tfjs-core';
import { blocksIn, drawNormal, drawUniform, type HostTensor } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import type { RandomTensors, StepContext } from '../../contract/step-context.ts';
import { betaTensor, gammaTensor, permutationTensor } from './random-distributions.ts';

/** The step as a number and, if the device draws, also as an int32 scalar. */
export interface RandomPlace {
  readonly seed: number;
  readonly step: number;
  readonly stepTensor?: tf.Scalar;
}

/** Random tensors by stream. */
export interface RandomStreams {
  random(stream: string): RandomTensors;
  /** Copies the streams. The copies continue from the current place, independently. */
  again(): RandomStreams;
}

/** The random tensors of one step. Each stream continues from draw to draw, independent of the others. */
export function randomTensors(place: RandomPlace): (stream: string) => RandomTensors {
  return randomStreams(place).random;
}

/** @param drawn - how many blocks of each stream were already drawn */
export function randomStreams(
  place: RandomPlace,
  drawn: ReadonlyMap<string, number> = new Map(),
): RandomStreams {
  const blocks = new Map(drawn);
  const draw = (by: typeof drawUniform, stream: string, shape: readonly number[]): tf.Tensor => {
    const block = blocks.get(stream) ?? 0;
    blocks.set(stream, block + blocksIn(shape));
    return by(shape, { ...place, stream, block });
  };
  const plain = (stream: string): Pick<RandomTensors, 'uniform' | 'normal'> => ({
    uniform: (shape) => draw(drawUniform, stream, shape),
    normal: (shape) => draw(drawNormal, stream, shape),
  });
  const random = (stream: string): RandomTensors => ({
    uniform: (shape, low = 0, high = 1) =>
      tf.tidy(() => moved(draw(drawUniform, stream, shape), high - low, low)),
    normal: (shape, mean = 0, deviation = 1) =>
      tf.tidy(() => moved(draw(drawNormal, stream, shape), deviation, mean)),
    bernoulli: (shape, probability = 0.5) =>
      tf.tidy(() => tf.cast(tf.less(draw(drawUniform, stream, shape), probability), 'float32')),
    gamma: (shape, alpha) => tf.tidy(() => gammaTensor(plain(stream), shape, alpha)),
    beta: (shape, a, b) => tf.tidy(() => betaTensor(plain(stream), shape, a, b)),
    permutation: (n) => tf.tidy(() => permutationTensor(plain(stream), n)),
  });
  return { random, again: () => randomStreams(place, blocks) };
}

function moved(numbers: tf.Tensor, factor: number, offset: number): tf.Tensor {
  const scaled = factor === 1 ? numbers : tf.mul(numbers, factor);
  return offset === 0 ? scaled : tf.add(scaled, offset);
}

/** The model's streams. Plugin streams differ from them, unless a plugin uses such a name itself. */
export function modelRandom(random: StepContext['random'], prefix = 'model'): StepContext['random'] {
  return (stream) => random(`${prefix}/${stream}`);
}

/**
 * The step as a host tensor, for a program that draws.
 *
 * @throws CantripError OPTION_INVALID beyond the range of int32, where the random numbers of earlier steps would
 *   repeat
 */
export function stepFeed(step: number): HostTensor {
  if (step < 2 ** 31) return { values: Int32Array.of(step), shape: [] };
  throw new CantripError('OPTION_INVALID', {
    who: 'trainer',
    what: `a run has at most 2^31 batches, and this is batch ${step}`,
    fix: 'Start another run with these weights',
  });
}
