import * as tf from '@tensorflow/tfjs-core';
import { complement, type PerClass, product, total } from '../smoothing/per-class.ts';
import { binaryLogitGradient, binaryLoss } from './binary.ts';
import { type ClassEntries, ofOwnClass } from './class-entries.ts';
import { factorsToSave } from './factors-to-save.ts';

export interface SigmoidTerms {
  readonly share: PerClass;
  readonly prior: PerClass;
  /** Weights of positive targets. */
  readonly positive: PerClass;
  /** Applied to the smoothed targets: makes them 0 or 1, or leaves them unchanged. */
  binarise(targets: PerClass): PerClass;
}

/**
 * Binary cross-entropy of logits `[N, K]` with smoothed class indices, for each element: one class against all others.
 *
 * All elements of a row have the target `share * prior`, except that of the true class. The elements of the true
 * classes, `[N]`, are computed separately and then inserted.
 */
export function sigmoidOfIndices(logits: tf.Tensor, entries: ClassEntries, terms: SigmoidTerms): tf.Tensor {
  const spread = product(terms.share, terms.prior);
  const off = terms.binarise(spread);
  const on = terms.binarise(total(ofOwnClass(complement(terms.share), entries), ofOwnClass(spread, entries)));
  const positive = terms.positive;
  const ownPositive = ofOwnClass(positive, entries);
  const factors = factorsToSave([off, on, positive, ownPositive]);
  return tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    (save as tf.GradSaveFunc)([given, entries.positions, ...factors.tensors]);
    const own = binaryLoss(tf.gatherND(given, entries.positions), on, ownPositive);
    return {
      value: tf.tensorScatterUpdate(binaryLoss(given, off, positive), entries.positions, own),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [logits, positions, ...rest] = saved as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
        const [off, on, positive, ownPositive] = factors.restore(rest);
        const own = binaryLogitGradient(tf.gatherND(logits, positions), on, ownPositive);
        const all = tf.tensorScatterUpdate(binaryLogitGradient(logits, off, positive), positions, own);
        return [tf.mul(all, upstream)];
      },
    };
  })(logits);
}
