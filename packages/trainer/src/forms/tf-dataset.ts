import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BatchRequest, BatchSource } from '../batch/batch-source.ts';
import type { Batch } from '../contract/batch.ts';
import { createWalk, type TfDataset } from './dataset-walk.ts';
import { readAndLend, readBatch, type ReadElement, tensorsIn } from './read-element.ts';

export interface TfDatasetOptions {
  /** Batches in an epoch; by default as many as the dataset says that it has. */
  readonly batchesPerEpoch?: number | undefined;
}

const schema = v.strictObject({
  batchesPerEpoch: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

/** Whether a value is a dataset of TensorFlow.js, or like one. */
export function isTfDataset(value: unknown): value is TfDataset {
  if (typeof value !== 'object' || value === null || 'batches' in value) return false;
  const { iterator } = value as { iterator?: unknown };
  return typeof iterator === 'function' || Symbol.asyncIterator in value;
}

/**
 * Batches from a `tf.data` dataset whose elements are batches `{ xs, ys }`, each a tensor or tensors by name.
 *
 * With fewer `batchesPerEpoch` than the dataset has, the next epoch goes on where the last one ended, and begins anew at
 * the dataset's end. Tensors that the dataset makes for a batch are freed after it; tensors that were there before, and
 * those of `tf.keep`, stay. What it shuffles follows from its own seed, so only a seeded dataset can be resumed.
 *
 * @throws CantripError OPTION_INVALID, also where the dataset does not know how many batches it has
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

/** As {@link tfDataset}, in the name of the function that the user called. */
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
    throw new CantripError('DATA_EMPTY', { who, what: `${name} is empty`, fix: 'Give at least one batch' });
  const walk = createWalk(dataset);
  return {
    batchesPerEpoch: count as number,
    async *batches({ epoch, start }: BatchRequest): AsyncGenerator<Batch> {
      let given = start;
      await walk.to(epoch * (count as number) + start, size);
      for (let restarted = walk.fresh(); given < (count as number);) {
        const element = await walk.next();
        if (element === undefined) {
          // Less than a whole epoch: whoever counts says so.
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
    what: `${name} does not say how many batches it has, got ${describe(size)} as its size`,
    fix: 'Say it: tfDataset(dataset, { batchesPerEpoch: 100 })',
  });
}

function noDataset(who: string, name: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must be a tf.data dataset, got ${describe(received)}`,
    fix: 'Give a dataset of tf.data, or an object with an async iterator of { xs, ys }',
  });
}
