import type { HostTensors, Normalization } from '@cantrip/ops';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Augmentation } from '../augment/augmentation.ts';
import { normalizationSchema } from '../source/normalization-schema.ts';
import { type PadOption, padOptionSchema } from '../source/pad-values.ts';

/** How examples are put into batches: all options that `rebatch` can change. */
export interface BatchOptions {
  /** The number of examples in a batch. */
  readonly batchSize?: number;
  /** Whether to shuffle in each epoch; seed and epoch decide the order. */
  readonly shuffle?: boolean;
  /** Whether to leave out the last batch of an epoch if it is smaller. */
  readonly dropLast?: boolean;
  /**
   * Whether to fill a smaller last batch of an epoch with repeated examples, whose targets are `padTarget`. Then all
   * batches have the same shape.
   */
  readonly padLast?: boolean;
  /**
   * The target value of padding rows. For integer targets it is -100 by default, and a loss and metrics with
   * `ignoreIndex: -100` ignore these rows. A number, or numbers by name.
   */
  readonly padTarget?: PadOption;
  /** The augmentations of the images, in this order; for several inputs by name. */
  readonly augment?: readonly Augmentation[] | Readonly<Record<string, readonly Augmentation[]>>;
  /**
   * The number of batches that a worker thread prepares in advance; 0 for none. By default 2 if `augment` is plain
   * data, else 0. A function cannot be sent to a worker, so the main thread then prepares the batches.
   */
  readonly prefetch?: number;
}

export interface ArrayDatasetOptions extends BatchOptions {
  /** One array [examples, …], or several by name. The values must not change afterwards. */
  readonly inputs: HostTensors;
  readonly targets: HostTensors;
  /**
   * The weight of each example in loss and metrics, `[examples]`, or of each place in it. Several outputs may have
   * their own, by name. Weights are finite numbers >= 0; a mean is divided by their sum. 1 by default.
   */
  readonly weights?: HostTensors;
  readonly batchSize: number;
  /**
   * The number of classes. If set, every class index is checked, and bytes become int32. One number for all targets,
   * or numbers by name.
   */
  readonly classes?: number | Readonly<Record<string, number>>;
  /** The normalization of every input of bytes that has none itself; see `standardization`. */
  readonly normalization?: Normalization;
}

interface BatchEntries {
  readonly batchSize: v.GenericSchema<number>;
  readonly shuffle: v.OptionalSchema<v.GenericSchema<boolean>, false>;
  readonly dropLast: v.OptionalSchema<v.GenericSchema<boolean>, false>;
  readonly padLast: v.OptionalSchema<v.GenericSchema<boolean>, false>;
  readonly padTarget: v.OptionalSchema<typeof padOptionSchema, undefined>;
  readonly augment: v.OptionalSchema<v.GenericSchema<unknown>, undefined>;
  readonly prefetch: v.OptionalSchema<v.GenericSchema<number>, undefined>;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** The schema entries of {@link BatchOptions}, of which `batchSize` is required. */
export const batchEntries: BatchEntries = {
  batchSize: count,
  shuffle: v.optional(v.boolean(), false),
  dropLast: v.optional(v.boolean(), false),
  padLast: v.optional(v.boolean(), false),
  padTarget: v.optional(padOptionSchema),
  augment: v.optional(v.unknown()),
  prefetch: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(64))),
};

const datasetSchema = v.strictObject({
  inputs: v.optional(v.unknown()),
  targets: v.optional(v.unknown()),
  weights: v.optional(v.unknown()),
  classes: v.optional(
    v.union([count, v.record(v.string(), count)], 'must be an integer >= 1, or several by name'),
  ),
  normalization: v.optional(normalizationSchema),
  ...batchEntries,
});
const rebatchSchema = v.strictObject({ ...batchEntries, batchSize: v.optional(count) });

interface CheckedBatchOptions {
  readonly batchSize: number | undefined;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly padLast: boolean;
  readonly padTarget?: PadOption | undefined;
  readonly augment?: unknown;
  readonly prefetch?: number | undefined;
}

interface CheckedDatasetOptions extends CheckedBatchOptions {
  readonly inputs?: unknown;
  readonly targets?: unknown;
  readonly weights?: unknown;
  readonly batchSize: number;
  readonly classes?: ArrayDatasetOptions['classes'] | undefined;
  readonly normalization?: Normalization | undefined;
}

/** Checks the options of `arrayDataset`. Arrays and augmentations are checked where they are used. */
export function parseDatasetOptions(options: unknown): CheckedDatasetOptions {
  return checkLast('arrayDataset', parseOptions('arrayDataset', datasetSchema, options));
}

/** Checks the options of `rebatch`. */
export function parseBatchOptions(options: unknown): CheckedBatchOptions {
  const { batchSize, ...rest } = parseOptions('rebatch', rebatchSchema, options);
  return checkLast('rebatch', { batchSize, ...rest });
}

/** Refuses options for the last batch that contradict each other. */
export function checkLast<Options extends CheckedBatchOptions>(who: string, options: Options): Options {
  const { dropLast, padLast, padTarget } = options;
  if (dropLast && padLast) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: 'dropLast and padLast must not both be true',
      fix: 'Set only one: dropLast leaves out a smaller last batch, padLast fills it',
    });
  }
  if (padTarget === undefined || padLast) return options;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: 'padTarget has no effect without padLast',
    fix: 'Set padLast to true, or remove padTarget',
  });
}
