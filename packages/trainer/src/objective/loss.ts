import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Measured } from './measured.ts';

/** What is compared before a run's first step, so that a misfit is one clear sentence. */
export interface ShapesToCheck {
  readonly targetShape: readonly number[];
  readonly targetType: 'float32' | 'int32';
  readonly outputShape: readonly number[];
}

/** A loss as a value: `compute` is part of the step, `check` runs on the host. */
export interface Loss {
  readonly name: string;
  /** The mean over the batch, for any loop; smaller is better. */
  compute(targets: Tensor, outputs: Tensor, weights?: Tensor): Scalar;
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
  /** Whether `compute` takes weights, where there is no `measure`. */
  readonly takesWeights?: boolean | undefined;
  /** The class index that does not count, which may be out of range. */
  readonly ignoreIndex?: number | undefined;
  /** Which function it applies to the outputs itself, so that the model must not end in it. */
  readonly applies?: 'softmax' | 'sigmoid' | undefined;
  /** Whether the outputs choose one class (`softmax`) or say yes or no each (`sigmoid`), where that is known. */
  readonly answers?: 'softmax' | 'sigmoid' | undefined;
  /** Whether it is about numbers, so that an accuracy beside it says nothing. */
  readonly isRegression?: boolean | undefined;
  /** Throws when such targets and outputs don't fit. */
  check?(shapes: ShapesToCheck): void;
  /** How many classes the outputs tell apart, if the targets may be class indices. */
  classes?(outputShape: readonly number[]): number;
}

/** Your own loss: a function of targets and outputs, and of the weights of a batch that has some. */
export type LossFunction = Callable['loss'];

/** As a method, so that a function may say that its weights are there: without them in the batch it is not given any. */
interface Callable {
  loss(targets: Tensor, outputs: Tensor, weights?: Tensor): Scalar;
}

/** One loss, or one for each output by name; their sum is minimised. An output that is not trained has `null`. */
export type LossOption = Loss | LossFunction | Readonly<Record<string, Loss | LossFunction | null>>;
