import { shuffleInPlace } from '@cantrip/ops';
import { type BucketedSource, noBucket } from './bucketed-source.ts';

/** The examples of one batch, all from one bucket. */
export interface PlannedBatch {
  readonly bucket: number;
  readonly examples: Uint32Array;
}

/**
 * Plans the batches of an epoch. Examples go to their buckets in the epoch's order, and a full bucket becomes a
 * batch. At the end the rest of each bucket becomes a batch, in the order of the buckets. Shuffled batches are
 * shuffled once more, because otherwise the smaller ones would always come last.
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
