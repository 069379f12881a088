import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Measured } from './measured.ts';

/** The shapes that a loss or metric checks before the first step of a run. */
export interface ShapesToCheck {
  readonly targetShape: readonly number[];
  readonly targetType: 'float32' | 'int32';
  readonly outputShape: readonly number[];
}

/** A loss. `compute` is part of the step; `check` runs on the host. */
export interface Loss {
  readonly name: string;
  /** Returns the mean over the batch, usable in any training loop; smaller is better. */
  compute(targets: Tensor, outputs: Tensor, weights?: Tensor): Scalar;
  /**
   * Returns sum and weight, before the division. If a loss has it, the trainer calls it instead of `compute`. Then an
   * epoch's figure does not depend on how the examples were split into batches. Without it, a batch's mean is
   * weighted by the number of its examples.
   *
   * @param weights - the weights of the examples, or of places in them
   */
  measure?(targets: Tensor, outputs: Tensor, weights?: Tensor): Measured;
  /**
   * What the sum of a batch is divided by, if not by the same number for each example. `labels`: it depends on the
   * labels, e.g. with an ignored index. `nothing`: the loss is a sum.
   */
  readonly counts?: 'labels' | 'nothing' | undefined;
  /** Whether `compute` accepts weights; needed only without `measure`. */
  readonly takesWeights?: boolean | undefined;
  /** The class index to ignore, which may be out of range. */
  readonly ignoreIndex?: number | undefined;
  /** The function that the loss applies to the outputs itself, so the model must not end in it. */
  readonly applies?: 'softmax' | 'sigmoid' | undefined;
  /** What the outputs mean, if known: they choose one class (`softmax`), or each answers yes or no (`sigmoid`). */
  readonly answers?: 'softmax' | 'sigmoid' | undefined;
  /** Whether this is a loss for regression, for which an accuracy makes no sense. */
  readonly isRegression?: boolean | undefined;
  /** Throws if targets and outputs of these shapes do not match. */
  check?(shapes: ShapesToCheck): void;
  /** Returns the number of classes of the outputs, if the targets may be class indices. */
  classes?(outputShape: readonly number[]): number;
}

/** Your own loss: a function of targets, outputs and, if the batch has some, weights. */
export type LossFunction = Callable['loss'];

/** Declared as a method, so a function may require weights. It receives none if the batch has none. */
interface Callable {
  loss(targets: Tensor, outputs: Tensor, weights?: Tensor): Scalar;
}

/** One loss, or one for each output by name. Their sum is minimised. Use `null` for an output that is not trained. */
export type LossOption = Loss | LossFunction | Readonly<Record<string, Loss | LossFunction | null>>;
