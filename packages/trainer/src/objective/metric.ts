import type * as tf from '@tensorflow/tfjs-core';
import type { Loss, ShapesToCheck } from './loss.ts';
import type { Measured } from './measured.ts';

/** A figure of merit: the mean over the batch, computed from the true targets. */
export interface Metric {
  readonly name: string;
  compute(targets: tf.Tensor, outputs: tf.Tensor): tf.Scalar;
  /** The same before its division, as in a loss. */
  measure?(targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Measured;
  /** The class index that does not count. */
  readonly ignoreIndex?: number | undefined;
  check?(shapes: ShapesToCheck): void;
  /** Throws when it says nothing beside the loss of its output. */
  checkLoss?(loss: Loss, shapes: ShapesToCheck): void;
}

/** Metrics of the only output, or of each output by name. */
export type MetricsOption = readonly Metric[] | Readonly<Record<string, readonly Metric[]>>;
