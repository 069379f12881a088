import * as tf from '@tensorflow/tfjs-core';
import { ofEachClass, priorOf, product } from '../smoothing/per-class.ts';
import { smoothed } from '../smoothing/smooth-labels.ts';
import { classEntries, ofOwnClass } from './class-entries.ts';
import type { CheckedOptions } from './cross-entropy-schema.ts';
import { softmaxEntropy } from './entropy.ts';
import type { Rows } from './lay-out.ts';
import { countingOf } from './mask.ts';
import { softmaxOfIndices } from './softmax-indices.ts';
import { softmaxOfTargets } from './softmax-targets.ts';
import type { UnreducedLosses } from './unreduced-losses.ts';

/** The losses of a softmax, one for each row. */
export function softmaxLosses(rows: Rows, options: CheckedOptions): UnreducedLosses {
  const { logits } = rows;
  return {
    ...(rows.sparse ? ofIndices(rows, options) : ofTargets(rows, options)),
    ...countingOf(rows, options),
    entropies: () => softmaxEntropy(logits),
  };
}

type Losses = Pick<UnreducedLosses, 'losses' | 'weights'>;

function ofIndices({ labels, logits }: Rows, { smoothing, prior, classWeights }: CheckedOptions): Losses {
  const classes = logits.shape[1]!;
  const entries = classEntries(labels, classes);
  const weights = ofEachClass('classWeights', classWeights ?? 1, classes);
  const losses = softmaxOfIndices(logits, entries, {
    share: ofEachClass('smoothing', smoothing, classes),
    prior: priorOf(prior, 'softmax', classes),
    weights,
  });
  return {
    losses: tf.where(entries.outside, Number.NaN, losses),
    weights: ofOwnClass(weights, entries),
  };
}

function ofTargets({ labels, logits }: Rows, options: CheckedOptions): Losses {
  const weights = ofEachClass('classWeights', options.classWeights ?? 1, logits.shape[1]!);
  const targets = product(smoothed(labels, options), weights) as tf.Tensor;
  return { losses: softmaxOfTargets(logits, targets), weights: 1 };
}
