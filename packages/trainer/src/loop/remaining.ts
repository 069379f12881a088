import { CantripError } from '@cantrip/errors';
import type { Position } from '../step/position.ts';
import type { BatchSource } from '../batch/batch-source.ts';
import { type DataPromise, promiseOf } from '../batch/data-promise.ts';

/**
 * How many batches the epoch under way has in all, those before included.
 *
 * A run that goes on in the middle of an epoch takes what is left of it: with the same data and another batch size the
 * examples that were not trained yet, else exactly the batches that are left.
 *
 * @param begun - what the data promised when the epoch was begun
 * @throws CantripError STATE_MISMATCH where some examples would be trained twice or never
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
  // Batches of this epoch may have had several sizes, so that those that are done say nothing of their number.
  return source.batchesAfter ? batch + source.batchesAfter(examples) : now.batchesPerEpoch;
}

const inWords = {
  signature: (order: unknown): string => `its examples ${String(order)}`,
  examplesPerEpoch: (count: unknown): string => `${String(count)} examples in an epoch`,
};

/** The error of an epoch that can't be gone on with, because this is not the data that it was begun with. */
export function otherData(batch: number, before: string, now: string): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who: 'fit',
    what: `the run stands after ${batch} batches of an epoch whose data had ${before}, and this data has ${now}, so that some examples would be trained twice and others never`,
    fix: 'Go on with the same data, or restore a snapshot from the end of an epoch',
  });
}
