import type { Scalar } from '@tensorflow/tfjs-core';
import type { Tensors } from '../contract/batch.ts';

/** What a batch's figures are computed from. */
export interface Measurable {
  readonly targets: Tensors;
  /** The targets before plugins changed them, which say what is ignored; the same by default. */
  readonly original?: Tensors;
  readonly outputs: Tensors;
  /** What examples, or places in them, count as; by default 1. */
  readonly weights?: Tensors | undefined;
  /** Examples of the batch. */
  readonly size: Scalar;
  /** Whether rows after the examples fill the batch up: those count for nothing. */
  readonly filled?: boolean | undefined;
  /** How many rows those are that count, for what can't be told by weights. */
  readonly cutTo?: number | undefined;
}
