import * as tf from '@tensorflow/tfjs-core';
import { ofEachClass, type PerClass, priorOf, product } from '../smoothing/per-class.ts';
import { smoothed } from '../smoothing/smooth-labels.ts';
import { classEntries } from './class-entries.ts';
import type { CheckedOptions } from './cross-entropy-schema.ts';
import { sigmoidEntropy } from './entropy.ts';
import type { Rows } from './lay-out.ts';
import { countingOf } from './mask.ts';
import { sigmoidOfIndices } from './sigmoid-indices.ts';
import { sigmoidOfTargets } from './sigmoid-targets.ts';
import type { UnreducedLosses } from './unreduced-losses.ts';
import { withoutGradient } from './without-gradient.ts';

/** The losses of a sigmoid, one for each class of each row. */
export function sigmoidLosses(rows: Rows, options: CheckedOptions): UnreducedLosses {
  const weights = ofEachClass('classWeights', options.classWeights ?? 1, rows.logits.shape[1]!);
  const losses = rows.sparse ? ofIndices(rows, options) : ofTargets(rows, options);
  return {
    losses: product(losses, weights) as tf.Tensor,
    weights: 1,
    ...countingOf(rows, options),
    entropies: () => sigmoidEntropy(rows.logits),
  };
}

function ofIndices({ labels, logits }: Rows, options: CheckedOptions): tf.Tensor {
  const classes = logits.shape[1]!;
  const entries = classEntries(labels, classes);
  const losses = sigmoidOfIndices(logits, entries, {
    share: ofEachClass('smoothing', options.smoothing, classes),
    prior: priorOf(options.prior, 'sigmoid', classes),
    positive: ofEachClass('positiveWeights', options.positiveWeights, classes),
    binarise: (targets) => binarised(targets, options.threshold),
  });
  // Adds a column, because a condition would become a matrix.
  return tf.add(losses, tf.expandDims(tf.where(entries.outside, Number.NaN, 0), 1));
}

function ofTargets({ labels, logits }: Rows, options: CheckedOptions): tf.Tensor {
  const targets = binarised(smoothed(labels, options), options.threshold) as tf.Tensor;
  return sigmoidOfTargets(
    logits,
    targets,
    ofEachClass('positiveWeights', options.positiveWeights, logits.shape[1]!),
  );
}

function binarised(targets: PerClass, threshold: number | undefined): PerClass {
  if (threshold === undefined) return targets;
  if (typeof targets === 'number') return targets > threshold ? 1 : 0;
  return withoutGradient(targets, (given) => tf.cast(tf.greater(given, threshold), 'float32'));
}
