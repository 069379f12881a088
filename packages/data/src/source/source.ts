import type { HostTensor, Normalization } from '@cantrip/ops';
import type { Augmentation } from '../augment/augmentation.ts';

/** One array of a dataset, example after example. */
export interface SourceArray {
  /** Undefined where the dataset has a single array, which is not named. */
  readonly name: string | undefined;
  readonly values: HostTensor['values'];
  /** Of one example. */
  readonly shape: readonly number[];
  /** Numbers in one example. */
  readonly length: number;
  readonly normalization?: Normalization;
  readonly augment: readonly Augmentation[];
  /** Of a target: fills the rows beyond the examples of a batch. */
  readonly padValue?: number;
}

/** All that batches are made from: plain data, so that it can be sent to a worker thread. */
export interface Source {
  readonly inputs: readonly SourceArray[];
  readonly targets: readonly SourceArray[];
  /** Empty where all examples count the same. */
  readonly weights: readonly SourceArray[];
  /** Examples in the arrays. */
  readonly count: number;
  /** Those of them that belong to the dataset, in its order; all of them where it is undefined. */
  readonly selected: Uint32Array | undefined;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  /** Fills the last batch up. */
  readonly padLast: boolean;
}

/** Examples of an epoch. */
export function exampleCount({ selected, count }: Source): number {
  return selected?.length ?? count;
}

/** Batches of an epoch. */
export function batchCount(source: Source): number {
  return batchesAfter(source, 0);
}

/** Batches that come after so many examples of an epoch. */
export function batchesAfter(source: Source, examples: number): number {
  const batches = (exampleCount(source) - examples) / source.batchSize;
  return source.dropLast ? Math.floor(batches) : Math.ceil(batches);
}
