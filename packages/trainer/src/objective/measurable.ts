import type { Scalar } from '@tensorflow/tfjs-core';
import type { Tensors } from '../contract/batch.ts';

/** The input of a batch's figures. */
export interface Measurable {
  readonly targets: Tensors;
  /** The targets before plugins changed them. They show which places are ignored. By default the targets. */
  readonly original?: Tensors;
  readonly outputs: Tensors;
  /** The weights of examples, or of places in them; 1 by default. */
  readonly weights?: Tensors | undefined;
  /** The number of examples in the batch. */
  readonly size: Scalar;
  /** Whether there are padding rows after the examples. They do not count. */
  readonly filled?: boolean | undefined;
  /** The number of rows that count, for losses and metrics that do not accept weights. */
  readonly cutTo?: number | undefined;
}
