import type { HostTensor, Normalization } from '@cantrip/ops';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { normalizationSchema } from '../source/normalization-schema.ts';
import { type PadOption, padOptionSchema } from '../source/pad-values.ts';
import { type BucketLengthsOptions, bucketLengthsSchema } from './bucket-lengths.ts';

/** A list of examples of different sizes, or one array [examples, …] where they have one shape. */
export type Examples = readonly HostTensor[] | HostTensor;

/** One list or array, or several by name. */
export type NamedExamples = Examples | Readonly<Record<string, Examples>>;

export interface BucketedDatasetOptions {
  /** Examples `{ values, shape: [length, …] }` without a batch axis. */
  readonly inputs: NamedExamples;
  readonly targets: NamedExamples;
  /**
   * What each example counts as, `{ values, shape: [examples] }`, or each place in it as a list; or such weights by output.
   * Finite numbers of at least 0. Padded places, and rows that fill a batch up, count as 0.
   */
  readonly weights?: NamedExamples;
  /**
   * The sizes that examples are padded to, ascending: lengths, or with several axes a list of sizes each; or how many
   * to choose, see `bucketLengths`. An example goes to the first that it fits.
   */
  readonly buckets: readonly number[] | readonly (readonly number[])[] | BucketLengthsOptions;
  /** Examples in a batch, for all buckets or one number for each. */
  readonly batchSize?: number | readonly number[];
  /** In the place of `batchSize`: as many examples as their padded places along the axes are at most this many. */
  readonly elements?: number;
  /** Axis or axes of an example along which sizes differ; 0 by default. */
  readonly axis?: number | readonly number[];
  /** Of inputs; 0 by default, or by name. Bytes are padded before their normalization. */
  readonly padValue?: PadOption;
  /**
   * Of targets along the axis and in rows that fill a batch up; -100 by default where targets are whole numbers: a loss
   * with `ignoreIndex: -100` leaves them out. A number, or by name.
   */
  readonly padTarget?: PadOption;
  /** What is larger than every bucket: an error by default; `drop` leaves it out, `cut` takes its beginning. */
  readonly longer?: 'refuse' | 'drop' | 'cut';
  /** Leaves out each bucket's last batch where it is smaller. */
  readonly dropLast?: boolean;
  /** Fills each bucket's last batch up, by examples of it whose targets are `padTarget`. */
  readonly padLast?: boolean;
  /**
   * Adds the input `mask`, float32 [batch, …sizes], 1 where the example is; `<name>_mask` where several inputs are
   * padded. A single input is then called `inputs`.
   */
  readonly mask?: boolean;
  /** Another order in each epoch, decided by the seed and the epoch. */
  readonly shuffle?: boolean;
  /** Of every input of bytes; see `standardization`. */
  readonly normalization?: Normalization;
  /** Batches that a worker thread prepares in advance; 0 by default. */
  readonly prefetch?: number;
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const axis = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sizes = v.union([
  v.pipe(v.array(whole), v.nonEmpty()),
  v.pipe(v.array(v.pipe(v.array(whole), v.nonEmpty())), v.nonEmpty()),
]);

const schema = v.strictObject({
  inputs: v.optional(v.unknown()),
  targets: v.optional(v.unknown()),
  weights: v.optional(v.unknown()),
  // Objects of their own, so that the error says which part of one is wrong.
  buckets: v.lazy((value) =>
    Array.isArray(value) || typeof value !== 'object' || value === null ? sizes : bucketLengthsSchema,
  ),
  batchSize: v.optional(v.union([whole, v.array(whole)], 'must be an integer >= 1, or one for each bucket')),
  elements: v.optional(whole),
  axis: v.optional(
    v.union([axis, v.pipe(v.array(axis), v.nonEmpty())], 'must be an integer >= 0, or a list'),
    0,
  ),
  padValue: v.optional(padOptionSchema),
  padTarget: v.optional(padOptionSchema),
  longer: v.optional(v.picklist(['refuse', 'drop', 'cut']), 'refuse'),
  dropLast: v.optional(v.boolean(), false),
  padLast: v.optional(v.boolean(), false),
  mask: v.optional(v.boolean(), false),
  shuffle: v.optional(v.boolean(), false),
  normalization: v.optional(normalizationSchema),
  prefetch: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(64)), 0),
});

/** As {@link parseBucketedOptions} returns them: with defaults, and `axis` as a sorted list. */
export interface CheckedBucketedOptions {
  readonly inputs?: unknown;
  readonly targets?: unknown;
  readonly weights?: unknown;
  readonly buckets: readonly number[] | readonly (readonly number[])[] | Required<BucketLengthsOptions>;
  readonly batchSize?: number | readonly number[] | undefined;
  readonly elements?: number | undefined;
  readonly axes: readonly number[];
  readonly padValue?: PadOption | undefined;
  readonly padTarget?: PadOption | undefined;
  readonly longer: 'refuse' | 'drop' | 'cut';
  readonly dropLast: boolean;
  readonly padLast: boolean;
  readonly mask: boolean;
  readonly shuffle: boolean;
  readonly normalization?: Normalization | undefined;
  readonly prefetch: number;
}

/** The options of `bucketedDataset`; arrays are checked where they are used. */
export function parseBucketedOptions(options: unknown): CheckedBucketedOptions {
  const { axis: given, ...parsed } = parseOptions('bucketedDataset', schema, options);
  const axes = [...new Set([given].flat())].sort((a, b) => a - b);
  if ((parsed.batchSize === undefined) === (parsed.elements === undefined)) {
    throw invalid('needs either batchSize or elements', 'Give one of the two');
  }
  if (parsed.dropLast && parsed.padLast) {
    throw invalid('dropLast and padLast are both true', 'Leave out the last smaller batch, or fill it up');
  }
  return { ...parsed, axes };
}

function invalid(what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who: 'bucketedDataset', what, fix });
}
