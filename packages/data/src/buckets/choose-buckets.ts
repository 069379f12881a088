import { CantripError } from '@cantrip/errors';
import { bucketLengths } from './bucket-lengths.ts';
import type { CheckedBucketedOptions } from './bucketed-options.ts';
import { type Bucket, noBucket } from './bucketed-source.ts';

const who = 'bucketedDataset';

/** The greatest sizes of each example, [examples * axes]. */
export type ExampleSizes = Uint32Array;

/** The buckets with their batch sizes, ascending. */
export function chooseBuckets(options: CheckedBucketedOptions, sizes: ExampleSizes): Bucket[] {
  const { batchSize, elements } = options;
  const all = bucketSizes(options, sizes);
  if (Array.isArray(batchSize) && batchSize.length !== all.length) {
    throw invalid(`batchSize has ${batchSize.length} numbers for ${all.length} buckets`);
  }
  return all.map((bucket, index) => {
    const places = bucket.reduce((product, size) => product * size, 1);
    const fitting = elements === undefined ? [batchSize!].flat() : [Math.floor(elements / places)];
    const own = fitting[index] ?? fitting[0]!;
    if (own >= 1) return { sizes: bucket, batchSize: own };
    throw invalid(`elements is ${elements}, but one example of bucket [${bucket.join(', ')}] has ${places}`);
  });
}

function bucketSizes({ buckets, axes }: CheckedBucketedOptions, sizes: ExampleSizes): (readonly number[])[] {
  if ('count' in buckets) {
    if (axes.length === 1) return bucketLengths(sizes, buckets).map((length) => [length]);
    throw invalid('buckets can be chosen along one axis alone');
  }
  const all = buckets.map((bucket) => [bucket].flat());
  if (all.length >= noBucket) throw invalid(`there are ${all.length} buckets, more than ${noBucket - 1}`);
  all.forEach((bucket, index) => {
    if (bucket.length !== axes.length) {
      throw invalid(`bucket [${bucket.join(', ')}] is not for ${axes.length} axes`);
    }
    const before = all[index - 1];
    // A bucket that holds all that a later one holds would leave that one empty.
    if (before && bucket.every((size, at) => size <= before[at]!)) {
      throw invalid(`bucket [${bucket.join(', ')}] is not larger than [${before.join(', ')}] before it`);
    }
  });
  return all;
}

/** The first bucket that each example fits, or what `longer` says. */
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
      what: `example ${example} has size [${own.join(', ')}], more than every bucket, the last of which is [${buckets.at(-1)!.sizes.join(', ')}]`,
      fix: "Add a larger bucket, or set longer to 'drop' or 'cut'",
    });
  });
}

function invalid(what: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what,
    fix: 'Give buckets of ascending size, each with as many sizes as there are axes, and one batch size for all or one for each',
  });
}
