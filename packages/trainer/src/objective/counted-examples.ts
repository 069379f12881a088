import * as tf from '@tensorflow/tfjs-core';
import { entriesOf, SINGLE } from '../contract/tensor-trees.ts';
import type { Tensors } from '../contract/batch.ts';
import type { Measurable } from './measurable.ts';
import type { Loss } from './loss.ts';
import { alongside } from './measured.ts';
import type { Objective } from './objective.ts';
import { pick, pickWeights } from './of-output.ts';

/** The weights, without what rows after the examples of a filled batch count as. */
export function withoutFilling(
  given: tf.Tensor | undefined,
  rows: number,
  { filled, size }: Pick<Measurable, 'filled' | 'size'>,
): tf.Tensor | undefined {
  const weights = given && tf.cast(given, 'float32');
  if (!filled) return weights;
  const real = tf.cast(tf.less(tf.range(0, rows), size), 'float32');
  return weights ? tf.mul(weights, alongside(real, weights)) : real;
}

/** The weights, without what labels of a value count as. */
export function withoutLabels(
  weights: tf.Tensor | undefined,
  labels: tf.Tensor,
  ignoreIndex: number,
): tf.Tensor {
  const counts = tf.cast(tf.notEqual(labels, tf.scalar(ignoreIndex, labels.dtype as 'int32')), 'float32');
  return weights ? tf.mul(counts, alongside(tf.cast(weights, 'float32'), counts)) : counts;
}

/** Whether a loss leaves places of these targets out by their value. */
export function ignoresIn(
  loss: Pick<Loss, 'ignoreIndex' | 'answers'>,
  { dtype }: tf.Tensor,
): loss is typeof loss & { readonly ignoreIndex: number } {
  return loss.ignoreIndex !== undefined && (dtype === 'int32' || loss.answers === 'sigmoid');
}

/**
 * What the examples of a batch, or places in them, count as in the losses: by output where these have names, and
 * undefined where all count the same.
 */
export function countedExamples(
  { losses }: Objective,
  { outputs, ...given }: Omit<Measurable, 'original'>,
): Tensors | undefined {
  const counted = losses.map(([output, loss]) => {
    const labels = pick(given.targets, output);
    const weights = pickWeights(given.weights, output);
    const counting = ignoresIn(loss, labels) ? withoutLabels(weights, labels, loss.ignoreIndex) : weights;
    const rows = pick(outputs, output).shape[0]!;
    return { output, rows, weights: withoutFilling(counting, rows, given) };
  });
  if (counted.every(({ weights }) => weights === undefined)) return undefined;
  if (counted[0]!.output === SINGLE) return counted[0]!.weights;
  return Object.fromEntries(counted.map(({ output, rows, weights }) => [output, weights ?? tf.ones([rows])]));
}

/**
 * What a mean over examples was divided by: their number, or the sum of what they count as, of an example with several
 * places the mean. With several outputs there is no one weight of an example, so that each counts once.
 */
export function exampleWeight(counted: Tensors | undefined, size: tf.Scalar): tf.Scalar {
  const [only, ...others] = counted === undefined ? [] : entriesOf(counted);
  if (!only || others.length > 0) return size;
  return tf.mul(tf.sum(only[1]), only[1].shape[0]! / only[1].size);
}
