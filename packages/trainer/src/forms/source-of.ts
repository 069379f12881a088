import { batchesPerEpoch } from '@cantrip/plugin-kit';
import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { checkParts } from '../checks/check-parts.ts';
import { isClass } from '../checks/plain-function.ts';
import type { BatchSource } from '../batch/batch-source.ts';
import { type Examples, examplesSource, isNamed } from './examples.ts';
import type { TfDataset } from './dataset-walk.ts';
import { readBatch } from './read-element.ts';
import { datasetSource, isTfDataset } from './tf-dataset.ts';

/** The data to train or evaluate on: a source of batches, examples in memory, or a `tf.data` dataset. */
export type Data = BatchSource | Examples | TfDataset;

/** How two tensors in memory are split into batches. */
export interface InMemoryOptions {
  /** The number of examples in a batch; 32 by default. */
  readonly batchSize?: number | undefined;
  /** Whether to shuffle in each epoch; true by default. */
  readonly shuffle?: boolean | undefined;
}

/** The schema entries of {@link InMemoryOptions}. */
export const inMemoryEntries: {
  readonly batchSize: v.OptionalSchema<v.GenericSchema<number>, undefined>;
  readonly shuffle: v.OptionalSchema<v.GenericSchema<boolean>, undefined>;
} = {
  batchSize: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  shuffle: v.optional(v.boolean()),
};

const examplesSchema = v.strictObject({
  inputs: v.unknown(),
  targets: v.unknown(),
  weights: v.optional(v.unknown()),
  ...inMemoryEntries,
});

/**
 * Converts data to a source of batches.
 *
 * @param name - the name in error messages
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DATA_EMPTY
 */
export function sourceOf(who: string, data: Data, name = 'data', shuffle = false): BatchSource {
  if (isTfDataset(data)) return datasetSource(who, name, data, {}, readBatch);
  if (isNamed(data) && 'inputs' in data && 'targets' in data && !('batches' in data)) {
    return examplesSource(who, parseOptions(who, examplesSchema, data) as Examples, shuffle);
  }
  checkSource(who, data as BatchSource, name);
  return data as BatchSource;
}

/**
 * Converts any data that `fit` takes to a source of batches, e.g. for `findLearningRate`. Examples in memory are shuffled, as
 * in `fit`.
 *
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DATA_EMPTY
 * @example
 * ```ts
 * asBatchSource({ inputs: [[1], [2]], targets: [[2], [4]], batchSize: 1 }).batchesPerEpoch; // 2
 * ```
 */
export function asBatchSource(data: Data): BatchSource {
  return sourceOf('asBatchSource', data, 'data', true);
}

/** Checks what a source says about itself, because resuming a run depends on it. */
function checkPromises(who: string, source: BatchSource, name: string): void {
  const { examplesPerEpoch, batchesAfter, batchSize, signature } = source;
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
  checkParts(
    { who, path: name, code: 'OPTION_INVALID' },
    { examplesPerEpoch, batchesAfter, batchSize, signature },
    {
      examplesPerEpoch: [isCount(examplesPerEpoch), 'an integer >= 1'],
      batchSize: [isCount(batchSize), 'an integer >= 1'],
      batchesAfter: [typeof batchesAfter === 'function', 'a function'],
      signature: [typeof signature === 'string', 'a string'],
    },
  );
}

/** `stepsPerEpoch` of a source is the older word for `batchesPerEpoch`. */
function requireOneNumber(who: string, source: BatchSource, name: string): void {
  const { stepsPerEpoch } = source as { readonly stepsPerEpoch?: unknown };
  const batches = batchesPerEpoch(source);
  if (stepsPerEpoch === undefined || stepsPerEpoch === batches) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${name} has ${batches} as batchesPerEpoch but ${describe(stepsPerEpoch)} as stepsPerEpoch, which is the older word for the same number`,
    fix: 'Remove stepsPerEpoch',
  });
}

function checkSource(who: string, source: BatchSource, name = 'data'): void {
  const fits =
    typeof source === 'object' &&
    source !== null &&
    typeof source.batches === 'function' &&
    !isClass(source.batches) &&
    Number.isSafeInteger(batchesPerEpoch(source));
  if (fits && batchesPerEpoch(source) > 0) {
    requireOneNumber(who, source, name);
    return checkPromises(who, source, name);
  }
  if (fits) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${name} must have at least one batch in an epoch, got ${batchesPerEpoch(source)}`,
      fix: 'Provide data for at least one batch',
    });
  }
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must be a dataset with batchesPerEpoch and batches(), got ${describe(source)}`,
    fix: "Create one with arrayDataset() of '@cantrip/data', or pass { inputs, targets } or a tf.data dataset",
  });
}
