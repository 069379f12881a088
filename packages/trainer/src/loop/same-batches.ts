import type { HostBatch } from '@cantrip/ops';
import { batchesFrom, type BatchRequest, type BatchSource } from '../batch/batch-source.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import type { Batch } from '../contract/plugin.ts';
import { disposeSpent } from '../batch/spent-batches.ts';
import { otherData } from './remaining.ts';

/** An epoch that is gone on with, by batches of which nobody knows what they hold before they are read. */
interface Begun {
  /** Batches and examples that are done. */
  readonly batch: number;
  readonly examples: number;
  /** Examples of its first batch. */
  readonly firstBatch: number;
}

/**
 * The batches of an epoch that are left, where the source gives those that it was begun with.
 *
 * A batch as large as the first one says enough. Another may be the epoch's last, or one of a source whose batches differ:
 * then the first batch of the epoch is read again and compared, and the source is asked anew for those that are left.
 *
 * @throws CantripError STATE_MISMATCH where the first batch holds another number of examples than it did
 */
export async function* sameBatches(
  source: BatchSource,
  request: BatchRequest,
  { batch, examples, firstBatch }: Begun,
): AsyncGenerator<HostBatch | Batch> {
  let isSame = false;
  for await (const next of batchesFrom(source, request)) {
    isSame ||= sizeOf(next) === firstBatch && examples === batch * firstBatch;
    if (!isSame) {
      giveBack(next);
      break;
    }
    yield next;
  }
  if (isSame) return;
  const first = await firstSize(source, request);
  if (first !== firstBatch) {
    throw otherData(batch, `${firstBatch} examples in its first batch`, `${first} in its first batch`);
  }
  yield* batchesFrom(source, request);
}

async function firstSize(source: BatchSource, request: BatchRequest): Promise<number> {
  for await (const first of batchesFrom(source, { ...request, start: 0, examples: 0 })) {
    const size = sizeOf(first);
    giveBack(first);
    return size;
  }
  return 0;
}

const sizeOf = (batch: HostBatch | Batch): number => prepareBatch(batch).size;

function giveBack(batch: HostBatch | Batch): void {
  disposeSpent(batch);
  if ('release' in batch) batch.release?.();
}
