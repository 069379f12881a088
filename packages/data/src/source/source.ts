import type { HostTensor, Normalization } from '@cantrip/ops';
import type { Augmentation } from '../augment/augmentation.ts';
import type { ImageFiles } from './image-files.ts';
import type { Sampling } from './draw-examples.ts';

/** One array of a dataset, example after example. */
export interface SourceArray {
  /** Undefined if the dataset has a single array without a name. */
  readonly name: string | undefined;
  readonly values: HostTensor['values'];
  /** If set, the examples are images in files, and `values` is empty. */
  readonly files?: ImageFiles;
  /** The shape of one example. */
  readonly shape: readonly number[];
  /** The number of values in one example. */
  readonly length: number;
  readonly normalization?: Normalization;
  readonly augment: readonly Augmentation[];
  /** The value of a target in padding rows. */
  readonly padValue?: number;
}

/** The data from which batches are made. It is plain data, so it can be sent to a worker thread. */
export interface Source {
  readonly inputs: readonly SourceArray[];
  readonly targets: readonly SourceArray[];
  /** Empty if all examples have weight 1. */
  readonly weights: readonly SourceArray[];
  /** The number of examples in the arrays. */
  readonly count: number;
  /** The examples that belong to the dataset, in its order; undefined for all. */
  readonly selected: Uint32Array | undefined;
  /** If set, each epoch draws its examples from these at random. */
  readonly sampling?: Sampling;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  /** Whether to pad the last batch. */
  readonly padLast: boolean;
}

/** The number of examples in an epoch. */
export function exampleCount({ sampling, selected, count }: Source): number {
  return sampling?.examples ?? selected?.length ?? count;
}

/** The examples that belong to a dataset, in its order, as a new array. */
export function selection({ selected, count }: Source): Uint32Array {
  return selected?.slice() ?? new Uint32Array(count).map((_, index) => index);
}

/** The number of batches in an epoch. */
export function batchCount(source: Source): number {
  return batchesAfter(source, 0);
}

/** The number of batches left after this many examples of an epoch. */
export function batchesAfter(source: Source, examples: number): number {
  const batches = (exampleCount(source) - examples) / source.batchSize;
  return source.dropLast ? Math.floor(batches) : Math.ceil(batches);
}
