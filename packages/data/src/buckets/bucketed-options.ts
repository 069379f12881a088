import type { HostTensor, Normalization } from '@cantrip/ops';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { normalizationSchema } from '../source/normalization-schema.ts';
import { type PadOption, padOptionSchema } from '../source/pad-values.ts';
import { type BucketLengthsOptions, bucketLengthsSchema } from './bucket-lengths.ts';

/** An array of examples of different sizes, or one tensor [examples, …] if they have the same shape. */
export type Examples = readonly HostTensor[] | HostTensor;

/** The examples of one tensor, or of several by name. */
export type NamedExamples = Examples | Readonly<Record<string, Examples>>;

export interface BucketedDatasetOptions {
  /** Examples `{ values, shape: [length, …] }` without a batch axis. */
  readonly inputs: NamedExamples;
  readonly targets: NamedExamples;
  /**
   * The weight of each example, `{ values, shape: [examples] }`, or of each place in it as an array of tensors.
   * Several outputs may have their own, by name. Weights are finite numbers >= 0. Padded places and padding rows have
   * weight 0.
   */
  readonly weights?: NamedExamples;
  /**
   * The sizes to pad examples to, in ascending order: lengths, or an array of sizes for several axes. `{ count }`
   * chooses them, see `bucketLengths`. An example goes into the first bucket that it fits.
   */
  readonly buckets: readonly number[] | readonly (readonly number[])[] | BucketLengthsOptions;
  /** The number of examples in a batch, for all buckets or one number for each. */
  readonly batchSize?: number | readonly number[];
  /** Replaces `batchSize`: a batch holds as many examples as have at most this many places in total, after padding. */
  readonly elements?: number;
  /** The axis or axes of an example along which sizes differ; 0 by default. */
  readonly axis?: number | readonly number[];
  /**
   * The value that pads inputs; 0 by default. A number, or numbers by name. Bytes are padded before their
   * normalization.
   */
  readonly padValue?: PadOption;
  /**
   * The value that pads targets along the axis, and all targets of padding rows. For integer targets it is -100 by
   * default, and a loss with `ignoreIndex: -100` ignores it. A number, or numbers by name.
   */
  readonly padTarget?: PadOption;
  /**
   * What happens to examples that are larger than every bucket. `refuse` (default): an error; `drop`: they are left
   * out; `cut`: they are cut at the end.
   */
  readonly longer?: 'refuse' | 'drop' | 'cut';
  /** Whether to leave out each bucket's last batch if it is smaller. */
  readonly dropLast?: boolean;
  /** Whether to fill each bucket's last batch with repeated examples, whose targets are `padTarget`. */
  readonly padLast?: boolean;
  /**
   * Whether to add the input `mask`, float32 [batch, …sizes], which is 1 where the example is. If several inputs are
   * padded, the masks are called `<name>_mask`. A single input is then called `inputs`.
   */
  readonly mask?: boolean;
  /** Whether to shuffle in each epoch; seed and epoch decide the order. */
  readonly shuffle?: boolean;
  /** The normalization of every input that holds bytes; see `standardization`. */
  readonly normalization?: Normalization;
  /** The number of batches that a worker thread prepares in advance; 0 by default. */
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
  // Separate schemas, so the error says which part is wrong.
  buckets: v.lazy((value) =>
    Array.isArray(value) || typeof value !== 'object' || value === null ? sizes : bucketLengthsSchema,
  ),
  batchSize: v.optional(v.union([whole, v.array(whole)], 'must be an integer >= 1, or one for each bucket')),
  elements: v.optional(whole),
  axis: v.optional(
    v.union([axis, v.pipe(v.array(axis), v.nonEmpty())], 'must be an integer >= 0, or an array of these'),
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

/** The options with defaults filled in, and `axis` as a sorted array. */
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

/** Checks the options of `bucketedDataset`. Arrays are checked where they are used. */
export function parseBucketedOptions(options: unknown): CheckedBucketedOptions {
  const { axis: given, ...parsed } = parseOptions('bucketedDataset', schema, options);
  const axes = [...new Set([given].flat())].sort((a, b) => a - b);
  if ((parsed.batchSize === undefined) === (parsed.elements === undefined)) {
    throw invalid('needs either batchSize or elements', 'Set exactly one of the two');
  }
  if (parsed.dropLast && parsed.padLast) {
    throw invalid(
      'dropLast and padLast must not both be true',
      'Set only one: dropLast leaves out a smaller last batch, padLast fills it',
    );
  }
  return { ...parsed, axes };
}

function invalid(what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who: 'bucketedDataset', what, fix });
}
