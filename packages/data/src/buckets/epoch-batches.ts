import { shuffleInPlace } from '@cantrip/ops';
import { type BucketedSource, noBucket } from './bucketed-source.ts';

/** The examples of one batch, all of one bucket. */
export interface PlannedBatch {
  readonly bucket: number;
  readonly examples: Uint32Array;
}

/**
 * The batches of an epoch: examples go to their buckets in the epoch's order, and a bucket that is full is a batch; in
 * the end each bucket's rest is one, the first bucket's first. Shuffled batches are put in a second random order,
 * for else the smaller ones would always come last.
 */
export function epochBatches(source: BucketedSource, seed: number, epoch: number): PlannedBatch[] {
  const { buckets, bucketOf, shuffle, dropLast } = source;
  const order = Uint32Array.from(bucketOf.keys());
  if (shuffle) shuffleInPlace(order, { seed, stream: 'shuffle', step: epoch });
  const open: number[][] = buckets.map(() => []);
  const batches: PlannedBatch[] = [];
  const close = (bucket: number) => {
    batches.push({ bucket, examples: Uint32Array.from(open[bucket]!) });
    open[bucket] = [];
  };
  for (const example of order) {
    const bucket = bucketOf[example]!;
    if (bucket === noBucket) continue;
    open[bucket]!.push(example);
    if (open[bucket]!.length === buckets[bucket]!.batchSize) close(bucket);
  }
  if (!dropLast) for (const [bucket, rest] of open.entries()) if (rest.length > 0) close(bucket);
  if (!shuffle) return batches;
  const mixed = Uint32Array.from(batches.keys());
  shuffleInPlace(mixed, { seed, stream: 'shuffle-batches', step: epoch });
  return Array.from(mixed, (index) => batches[index]!);
}
