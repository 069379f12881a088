import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Measured } from './measured.ts';

/** What is compared before a run's first step, so that a misfit is one clear sentence. */
export interface Fit {
  readonly targetShape: readonly number[];
  readonly targetType: 'float32' | 'int32';
  readonly outputShape: readonly number[];
}

/** A loss as a value: `compute` is part of the step, `check` runs on the host. */
export interface Loss {
  readonly name: string;
  /** The mean over the batch, for any loop; smaller is better. */
  compute(targets: Tensor, outputs: Tensor): Scalar;
  /**
   * The same before its division, which the trainer asks for where it is there: then an epoch's figure is exact however
   * the examples were put into batches. Without it a batch's mean counts as often as the batch has examples.
   *
   * @param weights - of the examples, or of what is counted in them
   */
  measure?(targets: Tensor, outputs: Tensor, weights?: Tensor): Measured;
  /**
   * What a batch is divided by, where that is not as many for each example: `labels` where it depends on the labels, as
   * with an ignored index; `nothing` where the loss is a sum.
   */
  readonly counts?: 'labels' | 'nothing' | undefined;
  /** Throws when such targets and outputs don't fit. */
  check?(fit: Fit): void;
  /** How many classes the outputs tell apart, if the targets may be class indices. */
  classes?(outputShape: readonly number[]): number;
}

/** Your own loss: a function of targets and outputs. */
export type LossFunction = (targets: Tensor, outputs: Tensor) => Scalar;

/** One loss, or one for each output by name; their sum is minimised. */
export type LossOption = Loss | LossFunction | Readonly<Record<string, Loss | LossFunction>>;
