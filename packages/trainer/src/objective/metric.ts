import type * as tf from '@tensorflow/tfjs-core';
import type { Kept, Table, TalliedBatch } from '../contract/table.ts';
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

/** A figure that is more than one number. */
export interface TallyFigure {
  /** Logged one by one: `{ cat: 0.5 }` of the metric `recall` is `recall_cat`. */
  readonly numbers?: Readonly<Record<string, number>> | undefined;
  /** Not logged. `tablesOf(logs)` returns it. */
  readonly table?: Table | undefined;
}

/**
 * A metric whose figure is not one sum divided by one weight, for example F1. `tally` is part of the step and reduces a
 * batch to one tensor. `add` and `figure` run on the host, in double precision.
 */
export interface TallyMetric {
  readonly name: string;
  /**
   * In the step: returns what a batch adds, as one float32 tensor of any shape.
   *
   * @param weights - the weights of examples, or of places in them. What has weight 0 must not count
   */
  tally(targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): tf.Tensor;
  /**
   * On the host: adds a batch.
   *
   * @param before - what it returned for the batch before; undefined for the first one. It may be changed and returned
   */
  add(before: Kept | undefined, batch: TalliedBatch): Kept;
  /** On the host: the figure of all batches; `kept` is undefined if there were none. It must not change `kept`. */
  figure(kept: Kept | undefined): number | TallyFigure;
  /** The class index to ignore. */
  readonly ignoreIndex?: number | undefined;
  check?(shapes: ShapesToCheck): void;
  /** Throws if the metric makes no sense with the loss of its output. */
  checkLoss?(loss: Loss, shapes: ShapesToCheck): void;
}

/** Whether a metric is totalled on the host. */
export const isTally = (metric: Metric | TallyMetric): metric is TallyMetric => 'tally' in metric;

/** Metrics of the only output, or of each output by name. */
export type MetricsOption = MetricList | Readonly<Record<string, MetricList>>;

type MetricList = readonly (Metric | TallyMetric)[];
