import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '@cantrip/optimizers';

/** One tensor, or several by name. */
export type Tensors = Tensor | NamedTensors;

/** The targets that a plugin mixed into those of a batch. */
export interface Mixture {
  /** Of the same names, shapes and dtypes as the targets of the batch. */
  readonly targets: Tensors;
  /**
   * The share of the batch's own targets, in [0, 1]; these targets have the rest. A float32 scalar, or `[batch]` with a
   * share for each example.
   */
  readonly share: Scalar | Tensor1D;
}

export interface Batch {
  readonly inputs: Tensors;
  readonly targets: Tensors;
  /**
   * The weights of the examples in loss and metrics, `[batch]`, or one weight for each place in an example. Several
   * outputs may have their own weights, by name. A mean is divided by the sum of the weights.
   */
  readonly weights?: Tensors | undefined;
  /**
   * What `transformBatch` of a plugin mixed into the targets, e.g. labels of other examples. A metric is measured on
   * the targets and on these, and each counts with its share.
   */
  readonly mixture?: Mixture | undefined;
}
