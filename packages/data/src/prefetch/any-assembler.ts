import type { HostBatch } from '@cantrip/ops';
import type { BucketedSource } from '../buckets/bucketed-source.ts';
import { bucketAssembler } from '../buckets/pad-batch.ts';
import { batchAssembler, type BatchPlace } from '../source/assemble-batch.ts';
import type { Source } from '../source/source.ts';

/** The plain data of both kinds of datasets. */
export type AnySource = Source | BucketedSource;

/** Makes single batches of either kind of source. */
export function anyAssembler(source: AnySource): (place: BatchPlace) => HostBatch {
  return 'buckets' in source ? bucketAssembler(source) : batchAssembler(source);
}
