import * as tf from '@tensorflow/tfjs-core';
import { entriesOfTensors } from '@cantrip/plugin-kit';
import { SINGLE } from '../contract/tensor-trees.ts';
import type { Tensors } from '../contract/batch.ts';
import type { Measurable } from './measurable.ts';
import type { Loss } from './loss.ts';
import { alongside } from './measured.ts';
import type { Objective } from './objective.ts';
import { pick, pickWeights } from './of-output.ts';

/** The weights, with 0 for the padding rows after the examples. */
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

/** The weights, with 0 for labels of this value. */
export function withoutLabels(
  weights: tf.Tensor | undefined,
  labels: tf.Tensor,
  ignoreIndex: number,
): tf.Tensor {
  const counts = tf.cast(tf.notEqual(labels, tf.scalar(ignoreIndex, labels.dtype as 'int32')), 'float32');
  return weights ? tf.mul(counts, alongside(tf.cast(weights, 'float32'), counts)) : counts;
}

/** Whether a loss ignores places of these targets by their value. */
export function ignoresIn(
  loss: Pick<Loss, 'ignoreIndex' | 'answers'>,
  { dtype }: tf.Tensor,
): loss is typeof loss & { readonly ignoreIndex: number } {
  return loss.ignoreIndex !== undefined && (dtype === 'int32' || loss.answers === 'sigmoid');
}

/**
 * The weights of the examples of a batch, or of places in them, in the losses. By output if outputs have names;
 * undefined if all weights are equal.
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
 * The number that a mean over examples is divided by: the number of examples, or the sum of their weights. An example
 * with several places counts with its mean weight. With several outputs an example has no single weight, so each
 * counts once.
 */
export function exampleWeight(counted: Tensors | undefined, size: tf.Scalar): tf.Scalar {
  const [only, ...others] = counted === undefined ? [] : entriesOfTensors<tf.Tensor>(counted);
  if (!only || others.length > 0) return size;
  return tf.mul(tf.sum(only[1]), only[1].shape[0]! / only[1].size);
}
