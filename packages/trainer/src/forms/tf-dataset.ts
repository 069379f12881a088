import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BatchRequest, BatchSource } from '../batch/batch-source.ts';
import type { Batch } from '../contract/batch.ts';
import { createWalk, type TfDataset } from './dataset-walk.ts';
import { readAndLend, readBatch, type ReadElement, tensorsIn } from './read-element.ts';

export interface TfDatasetOptions {
  /** The number of batches in an epoch; by default the size of the dataset. */
  readonly batchesPerEpoch?: number | undefined;
}

const schema = v.strictObject({
  batchesPerEpoch: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

/** Whether a value is a TensorFlow.js dataset or an iterable like one. */
export function isTfDataset(value: unknown): value is TfDataset {
  if (typeof value !== 'object' || value === null || 'batches' in value) return false;
  const { iterator } = value as { iterator?: unknown };
  return typeof iterator === 'function' || Symbol.asyncIterator in value;
}

/**
 * Makes a source from a `tf.data` dataset. Its elements are batches `{ xs, ys }`, each a tensor or tensors by name.
 *
 * If `batchesPerEpoch` is smaller than the dataset, the next epoch continues where the last one ended. At the end of
 * the dataset it starts again. Tensors that the dataset creates for a batch are freed after the batch; older tensors
 * and those kept with `tf.keep` stay. The dataset shuffles with its own seed. Only a seeded dataset has the same order
 * again when a run is resumed; another one is refused in the middle of an epoch.
 *
 * @throws CantripError OPTION_INVALID, also if the number of batches is unknown
 * @example
 * ```ts
 * import * as data from '@tensorflow/tfjs-data';
 *
 * const endless = data.generator(examples).batch(32).repeat();
 * await trainer.fit(tfDataset(endless, { batchesPerEpoch: 100 }), { epochs: 10 });
 * await trainer.fit(data.zip({ xs, ys }).batch(32), { epochs: 10 }); // knows its size
 * ```
 */
export function tfDataset(dataset: TfDataset, options: TfDatasetOptions = {}): BatchSource {
  return datasetSource('tfDataset', 'dataset', dataset, options, readBatch);
}

/** Does the same as {@link tfDataset}. Errors name the function that the user called. */
export function datasetSource(
  who: string,
  name: string,
  dataset: TfDataset,
  options: TfDatasetOptions,
  read: ReadElement,
): BatchSource {
  if (!isTfDataset(dataset)) throw noDataset(who, name, dataset);
  const { batchesPerEpoch } = parseOptions(who, schema, options);
  const { size } = dataset;
  const count = batchesPerEpoch ?? size;
  if (!Number.isSafeInteger(count) || (count as number) < 0) throw sizeUnknown(who, name, size);
  if (count === 0)
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${name} must have at least one batch, got none`,
      fix: 'Provide data for at least one batch',
    });
  const walk = createWalk(dataset);
  return {
    batchesPerEpoch: count as number,
    async *batches({ epoch, start }: BatchRequest): AsyncGenerator<Batch> {
      let given = start;
      await walk.to(epoch * (count as number) + start, size);
      for (let restarted = walk.fresh(); given < (count as number);) {
        const element = await walk.next();
        if (element === undefined) {
          // Fewer batches than a whole epoch came. The caller counts them and reports it.
          if (restarted) return;
          restarted = true;
          walk.restart();
          continue;
        }
        given += 1;
        yield await readAndLend(read, who, element.value, tensorsIn(element.value).filter(walk.isOurs));
      }
    },
  };
}

function sizeUnknown(who: string, name: string, size: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must say how many batches it has, but its size is ${describe(size)}`,
    fix: 'Set the number: tfDataset(dataset, { batchesPerEpoch: 100 })',
  });
}

function noDataset(who: string, name: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must be a tf.data dataset, got ${describe(received)}`,
    fix: 'Pass a tf.data dataset, or an object with an async iterator of { xs, ys }',
  });
}
