import { CantripError } from '@cantrip/errors';
import type { Position } from '../contract/position.ts';
import type { BatchSource } from '../batch/batch-source.ts';
import { promiseOf } from '../batch/data-promise.ts';
import type { DataPromise } from '../contract/snapshot.ts';

/**
 * The total number of batches in the current epoch, including the completed ones.
 *
 * For a run that is resumed in the middle of an epoch. With the same data and another batch size, the rest is the
 * examples that were not trained yet. Otherwise the rest must be the same batches.
 *
 * @param begun - what the data promised at the start of the epoch
 * @throws CantripError STATE_MISMATCH if some examples would be trained twice or never
 */
export function batchesOfEpoch(
  source: BatchSource,
  { batch, examples }: Position,
  begun: DataPromise | undefined,
): number {
  const now = promiseOf(source);
  if (batch === 0 || !begun) return now.batchesPerEpoch;
  for (const name of ['examplesPerEpoch', 'signature'] as const) {
    if (begun[name] === now[name] || begun[name] === undefined || now[name] === undefined) continue;
    throw otherData(batch, inWords[name](begun[name]), inWords[name](now[name]));
  }
  const countsExamples = source.batchesAfter && begun.examplesPerEpoch !== undefined;
  if (!countsExamples && begun.batchesPerEpoch !== now.batchesPerEpoch) {
    const [before, after] = [begun, now].map(
      ({ batchesPerEpoch }) => `${batchesPerEpoch} batches in an epoch`,
    );
    throw otherData(batch, before!, after!);
  }
  // The batch size may have changed within this epoch, so the number of completed batches says nothing about their
  // number in all.
  return source.batchesAfter ? batch + source.batchesAfter(examples) : now.batchesPerEpoch;
}

const inWords = {
  signature: (order: unknown): string => `its examples ${String(order)}`,
  examplesPerEpoch: (count: unknown): string => `${String(count)} examples in an epoch`,
};

/** The error for an epoch that cannot be continued, because it was started with other data. */
export function otherData(batch: number, before: string, now: string): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who: 'fit',
    what: `${batch} batches of this epoch were trained on data with ${before}, but this data has ${now}; some examples would be trained twice and others never`,
    fix: 'Continue with the same data, or restore a snapshot from the end of an epoch',
  });
}
