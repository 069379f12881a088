import type * as tf from '@tensorflow/tfjs-core';
import type { Loss, ShapesToCheck } from './loss.ts';
import type { Measured } from './measured.ts';

/** A metric: the mean over the batch, computed from the original targets. */
export interface Metric {
  readonly name: string;
  compute(targets: tf.Tensor, outputs: tf.Tensor): tf.Scalar;
  /** Returns sum and weight, before the division, as for a loss. */
  measure?(targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Measured;
  /** The class index to ignore. */
  readonly ignoreIndex?: number | undefined;
  check?(shapes: ShapesToCheck): void;
  /** Throws if the metric makes no sense with the loss of its output. */
  checkLoss?(loss: Loss, shapes: ShapesToCheck): void;
}

/** Metrics of the only output, or of each output by name. */
export type MetricsOption = readonly Metric[] | Readonly<Record<string, readonly Metric[]>>;
