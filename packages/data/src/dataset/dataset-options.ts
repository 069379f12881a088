import type { HostTensors, Normalization } from '@cantrip/ops';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Augmentation } from '../augment/augmentation.ts';
import { normalizationSchema } from '../source/normalization-schema.ts';
import { type PadOption, padOptionSchema } from '../source/pad-values.ts';

/** How the examples are put together: all that `rebatch` can change. */
export interface BatchOptions {
  /** Examples in a batch. */
  readonly batchSize?: number;
  /** Another order in each epoch, decided by the seed and the epoch. */
  readonly shuffle?: boolean;
  /** Leaves out the last batch of an epoch where it is smaller than the others. */
  readonly dropLast?: boolean;
  /**
   * Fills the last batch of an epoch up where it is smaller, by examples of it whose targets are `padTarget`: then all
   * batches have one shape.
   */
  readonly padLast?: boolean;
  /**
   * Of `padLast`; -100 by default where targets are whole numbers: a loss and metrics with `ignoreIndex: -100` leave
   * these rows out. A number, or by name.
   */
  readonly padTarget?: PadOption;
  /** Changes of the images, in this order; with several inputs by their names. */
  readonly augment?: readonly Augmentation[] | Readonly<Record<string, readonly Augmentation[]>>;
  /**
   * Batches that a worker thread prepares in advance; 0 for none. By default 2 where `augment` is plain data, and
   * else 0. An augmentation that is a function cannot be sent to a worker: then the main thread prepares them.
   */
  readonly prefetch?: number;
}

export interface ArrayDatasetOptions extends BatchOptions {
  /** One array [examples, …], or several by name. Their values must not change afterwards. */
  readonly inputs: HostTensors;
  readonly targets: HostTensors;
  /**
   * What each example counts as in loss and metrics, `[examples]`, or each place in it; or such weights by output.
   * Finite numbers of at least 0; a mean is divided by their sum. By default all count as 1.
   */
  readonly weights?: HostTensors;
  readonly batchSize: number;
  /** Checks every class index; bytes then become int32. A number for all targets, or by their names. */
  readonly classes?: number | Readonly<Record<string, number>>;
  /** Of every input of bytes that has none of its own; see `standardization`. */
  readonly normalization?: Normalization;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const batchEntries = {
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

/** The options of `arrayDataset`; arrays and augmentations are checked where they are used. */
export function parseDatasetOptions(options: unknown): CheckedDatasetOptions {
  return checkLast('arrayDataset', parseOptions('arrayDataset', datasetSchema, options));
}

/** The options of `rebatch`. */
export function parseBatchOptions(options: unknown): CheckedBatchOptions {
  const { batchSize, ...rest } = parseOptions('rebatch', rebatchSchema, options);
  return checkLast('rebatch', { batchSize, ...rest });
}

function checkLast<Options extends CheckedBatchOptions>(who: string, options: Options): Options {
  const { dropLast, padLast, padTarget } = options;
  if (dropLast && padLast) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: 'dropLast and padLast are both true',
      fix: 'Leave out the last smaller batch, or fill it up',
    });
  }
  if (padTarget === undefined || padLast) return options;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: 'padTarget is given, but nothing is padded',
    fix: 'Set padLast, or leave padTarget out',
  });
}
