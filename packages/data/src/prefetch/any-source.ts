import type { BucketedSource } from '../buckets/bucketed-source.ts';
import type { Source } from '../source/source.ts';

/** The plain data of all kinds of datasets. */
export type AnySource = Source | BucketedSource;
