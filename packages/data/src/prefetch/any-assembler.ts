import type { HostBatch } from '@cantrip/ops';
import type { BucketedSource } from '../bucketed/bucketed-source.ts';
import { bucketAssembler } from '../bucketed/pad-batch.ts';
import { batchAssembler, type BatchPlace } from '../dataset/assemble-batch.ts';
import type { Source } from '../dataset/source.ts';

/** The plain data of either kind of dataset. */
export type AnySource = Source | BucketedSource;

/** Makes single batches of whichever source it is. */
export function anyAssembler(source: AnySource): (place: BatchPlace) => HostBatch {
  return 'buckets' in source ? bucketAssembler(source) : batchAssembler(source);
}
