import type * as tf from '@tensorflow/tfjs-core';
import type { PerClass } from '../smoothing/per-class.ts';
import type { Counting } from './reduce.ts';

/** Losses before they are reduced: for each row `[N]`, or for each element `[N, K]`. */
export interface Values extends Counting {
  readonly losses: tf.Tensor;
  /** What a mean counts each of them as. */
  readonly weights: PerClass;
  /** The entropies of the outputs, in the shape of the losses. */
  entropies(): tf.Tensor;
}
