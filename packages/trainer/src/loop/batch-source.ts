import type { HostBatch } from '@cantrip/core-tensor-gpu';
import type { Batch } from '../plugins/plugin.ts';

/** Which batches: the same three numbers give the same batches, in every process. */
export interface BatchRequest {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** How many batches of this epoch to leave out, because they have been trained on already. */
  readonly start: number;
}

/** What `fit` and `evaluate` read: a dataset of `@cantrip/data`, or any object of this form. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  batches(request: BatchRequest): Iterable<HostBatch | Batch> | AsyncIterable<HostBatch | Batch>;
}
