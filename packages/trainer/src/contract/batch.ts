import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '@cantrip/optimizers';

/** One tensor, or several by name. */
export type Tensors = Tensor | NamedTensors;

export interface Batch {
  readonly inputs: Tensors;
  readonly targets: Tensors;
  /**
   * What each example counts as in loss and metrics, `[batch]`, or each place in it; or such weights by output. A mean
   * is divided by their sum.
   */
  readonly weights?: Tensors | undefined;
}
