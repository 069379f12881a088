import type { HostTensor, Normalization } from '@cantrip/ops';

/** Examples of different sizes, one after the other. */
export interface VariableArray {
  /** Undefined for a single tensor without a name. */
  readonly name: string | undefined;
  readonly values: HostTensor['values'];
  /** The start of each example's numbers, and as a last entry the end of all. */
  readonly starts: Float64Array;
  /** The shape of the first example. Other examples may differ only along the axes of the buckets. */
  readonly shape: readonly number[];
  /** Each example's sizes along the axes of the buckets; undefined if all examples have the same shape. */
  readonly sizes: Uint32Array | undefined;
  /** The value that pads an example to the bucket's size. */
  readonly padValue: number;
  readonly normalization?: Normalization;
}

/** The size of a bucket, and the size of its batches. */
export interface Bucket {
  /** The padded sizes along the axes of the buckets. */
  readonly sizes: readonly number[];
  readonly batchSize: number;
}

/** The data from which padded batches are made. It is plain data, so it can be sent to a worker thread. */
export interface BucketedSource {
  readonly inputs: readonly VariableArray[];
  readonly targets: readonly VariableArray[];
  /** Empty if all examples have weight 1. */
  readonly weights: readonly VariableArray[];
  /** The padded axes of an example, in ascending order. */
  readonly axes: readonly number[];
  readonly buckets: readonly Bucket[];
  /** The bucket of each example; `noBucket` for examples that are left out. */
  readonly bucketOf: Uint16Array;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly padLast: boolean;
  readonly mask: boolean;
}

export const noBucket = 0xffff;

/** The number of examples in each bucket. */
export function bucketCounts({ buckets, bucketOf }: Pick<BucketedSource, 'buckets' | 'bucketOf'>): number[] {
  const counts = buckets.map(() => 0);
  for (const bucket of bucketOf) if (bucket !== noBucket) counts[bucket]! += 1;
  return counts;
}

/** The number of batches of each bucket in an epoch. It does not depend on the order. */
export function bucketBatches(source: BucketedSource): number[] {
  const round = source.dropLast ? Math.floor : Math.ceil;
  return bucketCounts(source).map((count, bucket) => round(count / source.buckets[bucket]!.batchSize));
}
