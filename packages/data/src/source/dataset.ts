import type { HostBatch } from '@cantrip/ops';

/** Which batches of a dataset to read; each number is 0 by default. */
export interface BatchesRequest {
  /** Decides shuffling and augmentation. */
  readonly seed?: number;
  /** Counted from 0. */
  readonly epoch?: number;
  /** The number of batches of this epoch to skip, because they were already trained on. */
  readonly start?: number;
  /** The number of examples to skip, instead of `start`. Batches of the current size continue from there. */
  readonly examples?: number;
}

/**
 * Examples in memory, in batches; created by `arrayDataset`.
 *
 * It has no position. The same request gives the same batches in every process, so `(epoch, examples)` is enough to
 * resume.
 */
export interface Dataset {
  /** The number of examples in an epoch. */
  readonly size: number;
  readonly batchSize: number;
  /** The number of batches in an epoch. */
  readonly batchesPerEpoch: number;
  /** The older name of `batchesPerEpoch`. */
  readonly stepsPerEpoch: number;
  /** The number of examples in an epoch. A run that is resumed in the middle of an epoch needs it. */
  readonly examplesPerEpoch: number;
  /** Returns the number of batches left after this many examples of an epoch. */
  batchesAfter(examples: number): number;
  /** A text that says what decides the order of the examples. */
  readonly signature: string;
  /** Yields the remaining batches of an epoch. Each is a new object, which does not change later. */
  batches(request?: BatchesRequest): AsyncGenerator<HostBatch, void, undefined>;
}
