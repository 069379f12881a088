import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '@cantrip/optimizers';

/** One tensor, or several by name. */
export type Tensors = Tensor | NamedTensors;

export interface Batch {
  readonly inputs: Tensors;
  readonly targets: Tensors;
  /**
   * The weights of the examples in loss and metrics, `[batch]`, or one weight for each place in an example. Several
   * outputs may have their own weights, by name. A mean is divided by the sum of the weights.
   */
  readonly weights?: Tensors | undefined;
}
