import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** What is compared before a run's first step, so that a misfit is one clear sentence. */
export interface Fit {
  readonly targetShape: readonly number[];
  readonly targetType: 'float32' | 'int32';
  readonly outputShape: readonly number[];
}

/** A loss as a value: `compute` is part of the step, `check` runs on the host. */
export interface Loss {
  readonly name: string;
  /** The mean over the batch; smaller is better. */
  compute(targets: Tensor, outputs: Tensor): Scalar;
  /** Throws when such targets and outputs don't fit. */
  check?(fit: Fit): void;
  /** How many classes the outputs tell apart, if the targets may be class indices. */
  classes?(outputShape: readonly number[]): number;
}

/** Your own loss: a function of targets and outputs. */
export type LossFunction = (targets: Tensor, outputs: Tensor) => Scalar;

/** One loss, or one for each output by name; their sum is minimised. */
export type LossOption = Loss | LossFunction | Readonly<Record<string, Loss | LossFunction>>;
