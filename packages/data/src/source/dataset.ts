import type { HostBatch } from '@cantrip/ops';

/** Which batches of a dataset; each is 0 unless it is given. */
export interface BatchesRequest {
  /** Decides shuffling and augmentation. */
  readonly seed?: number;
  /** Counted from 0. */
  readonly epoch?: number;
  /** How many batches of this epoch to leave out, because they have been trained on already. */
  readonly start?: number;
  /** How many examples to leave out, in the place of `start`: batches of this size go on from there. */
  readonly examples?: number;
}

/**
 * Examples in memory, in batches; made by `arrayDataset`.
 *
 * It has no position: the same request gives the same batches in every process, so that `(epoch, examples)` is all
 * that resuming needs.
 */
export interface Dataset {
  /** Examples of an epoch. */
  readonly size: number;
  readonly batchSize: number;
  /** Batches of an epoch. */
  readonly batchesPerEpoch: number;
  /** The older word for `batchesPerEpoch`. */
  readonly stepsPerEpoch: number;
  /** Examples of an epoch, which a run that is resumed in the middle of one counts. */
  readonly examplesPerEpoch: number;
  /** How many batches come after so many examples of an epoch. */
  batchesAfter(examples: number): number;
  /** What decides the order of the examples, in words. */
  readonly signature: string;
  /** The rest of an epoch's batches, each an object of its own that stays as it is. */
  batches(request?: BatchesRequest): AsyncGenerator<HostBatch, void, undefined>;
}
