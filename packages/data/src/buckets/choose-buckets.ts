import { CantripError } from '@cantrip/errors';
import { bucketLengths } from './bucket-lengths.ts';
import type { CheckedBucketedOptions } from './bucketed-options.ts';
import { type Bucket, noBucket } from './bucketed-source.ts';

const who = 'bucketedDataset';

/** The largest sizes of each example, [examples * axes]. */
export type ExampleSizes = Uint32Array;

/** Chooses the buckets and their batch sizes, in ascending order. */
export function chooseBuckets(options: CheckedBucketedOptions, sizes: ExampleSizes): Bucket[] {
  const { batchSize, elements } = options;
  const all = bucketSizes(options, sizes);
  if (Array.isArray(batchSize) && batchSize.length !== all.length) {
    throw invalid(
      `batchSize must have one number for each of the ${all.length} buckets, got ${batchSize.length}`,
    );
  }
  return all.map((bucket, index) => {
    const places = bucket.reduce((product, size) => product * size, 1);
    const fitting = elements === undefined ? [batchSize!].flat() : [Math.floor(elements / places)];
    const own = fitting[index] ?? fitting[0]!;
    if (own >= 1) return { sizes: bucket, batchSize: own };
    throw invalid(
      `elements must be at least ${places}, the size of one example in bucket [${bucket.join(', ')}], got ${elements}`,
    );
  });
}

function bucketSizes({ buckets, axes }: CheckedBucketedOptions, sizes: ExampleSizes): (readonly number[])[] {
  if ('count' in buckets) {
    if (axes.length === 1) return bucketLengths(sizes, buckets).map((length) => [length]);
    throw invalid('buckets can only be chosen along a single axis');
  }
  const all = buckets.map((bucket) => [bucket].flat());
  if (all.length >= noBucket)
    throw invalid(`there must be at most ${noBucket - 1} buckets, got ${all.length}`);
  all.forEach((bucket, index) => {
    if (bucket.length !== axes.length) {
      throw invalid(
        `each bucket must have ${axes.length} sizes, one for each axis, got [${bucket.join(', ')}]`,
      );
    }
    const before = all[index - 1];
    // If an earlier bucket is at least as large, this one would always be empty.
    if (before && bucket.every((size, at) => size <= before[at]!)) {
      throw invalid(
        `each bucket must be larger than the one before it, got [${bucket.join(', ')}] after [${before.join(', ')}]`,
      );
    }
  });
  return all;
}

/** Assigns each example to the first bucket that it fits, or applies `longer`. */
export function assignBuckets(
  buckets: readonly Bucket[],
  sizes: ExampleSizes,
  { axes, longer }: Pick<CheckedBucketedOptions, 'axes' | 'longer'>,
): Uint16Array {
  const count = sizes.length / axes.length;
  return Uint16Array.from({ length: count }, (_, example) => {
    const own = sizes.subarray(example * axes.length, (example + 1) * axes.length);
    const found = buckets.findIndex((bucket) => own.every((size, at) => size <= bucket.sizes[at]!));
    if (found !== -1) return found;
    if (longer === 'drop') return noBucket;
    if (longer === 'cut') return buckets.length - 1;
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `example ${example} has size [${own.join(', ')}], but the largest bucket is [${buckets.at(-1)!.sizes.join(', ')}]`,
      fix: "Add a larger bucket, or set longer to 'drop' or 'cut'",
    });
  });
}

function invalid(what: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what,
    fix: 'Sort the buckets by size, give each one size for each axis, and set one batchSize for all buckets or one for each',
  });
}
