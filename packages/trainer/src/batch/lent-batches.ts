import type { HostBatch } from '@cantrip/ops';
import type { Batch } from '../contract/batch.ts';
import type { Lending } from '../lock/lock.ts';
import { batchesFrom, type BatchRequest, type BatchSource } from './batch-source.ts';

/** Reads batches of a source. */
export type ReadBatches = (request: BatchRequest) => AsyncIterable<HostBatch | Batch>;

/** Reads a source whose code is known for what it is while it runs, in every batch. */
export function lentBatches(source: BatchSource, lending: Lending): ReadBatches {
  return (request) => {
    const all = inTurn(lending.within(() => batchesFrom(source, request)));
    const iterator: AsyncIterator<HostBatch | Batch> = {
      next: () => lending.within(() => all.next()),
      return: () => lending.within(() => all.return(undefined)),
    };
    return { [Symbol.asyncIterator]: () => iterator };
  };
}

async function* inTurn<T>(batches: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, undefined> {
  yield* batches;
  return undefined;
}
