import type { HostTensor, Normalization } from '@cantrip/ops';

/** Examples one after the other, each of a size of its own. */
export interface VariableArray {
  /** Undefined where there is a single array, which is not named. */
  readonly name: string | undefined;
  readonly values: HostTensor['values'];
  /** Where each example's numbers start; one more where the last ones end. */
  readonly starts: Float64Array;
  /** Of the first example; the others differ in the axes of the buckets alone. */
  readonly shape: readonly number[];
  /** Each example's sizes along the axes of the buckets; undefined where all examples have one shape. */
  readonly sizes: Uint32Array | undefined;
  /** Fills what is missing to the bucket's size. */
  readonly padValue: number;
  readonly normalization?: Normalization;
}

/** Examples that are padded to the same sizes. */
export interface Bucket {
  /** Along the axes of the buckets. */
  readonly sizes: readonly number[];
  readonly batchSize: number;
}

/** All that padded batches are made from: plain data, so that it can be sent to a worker thread. */
export interface BucketedSource {
  readonly inputs: readonly VariableArray[];
  readonly targets: readonly VariableArray[];
  /** Empty where all examples count the same. */
  readonly weights: readonly VariableArray[];
  /** Axes of an example that are padded, ascending. */
  readonly axes: readonly number[];
  readonly buckets: readonly Bucket[];
  /** The bucket of each example; `noBucket` for those that are left out. */
  readonly bucketOf: Uint16Array;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly padLast: boolean;
  readonly mask: boolean;
}

export const noBucket = 0xffff;

/** Examples in each bucket. */
export function bucketCounts({ buckets, bucketOf }: Pick<BucketedSource, 'buckets' | 'bucketOf'>): number[] {
  const counts = buckets.map(() => 0);
  for (const bucket of bucketOf) if (bucket !== noBucket) counts[bucket]! += 1;
  return counts;
}

/** Batches of each bucket in an epoch: as many whatever the order. */
export function bucketBatches(source: BucketedSource): number[] {
  const round = source.dropLast ? Math.floor : Math.ceil;
  return bucketCounts(source).map((count, bucket) => round(count / source.buckets[bucket]!.batchSize));
}
