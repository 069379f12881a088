import type * as tf from '@tensorflow/tfjs-core';
import type { PerClass } from '../smoothing/per-class.ts';
import type { Counting } from './reduce.ts';

/** Losses before their mean or sum is taken: one a row, `[N]`, or one an element, `[N, K]`. */
export interface UnreducedLosses extends Counting {
  readonly losses: tf.Tensor;
  /** The weight of each loss in the mean. */
  readonly weights: PerClass;
  /** The entropies of the outputs, in the shape of the losses. */
  entropies(): tf.Tensor;
}
