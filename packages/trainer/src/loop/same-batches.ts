import type { HostBatch } from '@cantrip/ops';
import type { BatchRequest } from '../batch/batch-source.ts';
import type { ReadBatches } from '../batch/lent-batches.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import type { Batch } from '../contract/batch.ts';
import { disposeSpent } from '../batch/spent-batches.ts';
import { otherData } from './remaining.ts';

/** An epoch that is continued. The sizes of its batches are unknown until they are read. */
interface Begun {
  /** Completed batches and examples. */
  readonly batch: number;
  readonly examples: number;
  /** The number of examples in its first batch. */
  readonly firstBatch: number;
}

/**
 * Yields the remaining batches of an epoch, if the source gives the same batches as at its start.
 *
 * If the next batch is as large as the first one, that is enough. If not, it may be the last batch of the epoch, or
 * the source has batches of different sizes. Then the first batch of the epoch is read again and compared. If the
 * batch sizes differed, all completed batches are read. Then the remaining batches are requested again.
 *
 * @throws CantripError STATE_MISMATCH if they hold another number of examples than before
 */
export async function* sameBatches(
  read: ReadBatches,
  request: BatchRequest,
  { batch, examples, firstBatch }: Begun,
): AsyncGenerator<HostBatch | Batch> {
  let isSame = false;
  for await (const next of read(request)) {
    isSame ||= sizeOf(next) === firstBatch && examples === batch * firstBatch;
    if (!isSame) {
      giveBack(next);
      break;
    }
    yield next;
  }
  if (isSame) return;
  const isEven = examples === batch * firstBatch;
  const [first = 0, ...others] = await firstSizes(read, request, isEven ? 1 : batch);
  if (first !== firstBatch) {
    throw otherData(batch, `${firstBatch} examples in its first batch`, `${first} in its first batch`);
  }
  const all = others.reduce((sum, size) => sum + size, first);
  if (!isEven && all !== examples)
    throw otherData(batch, `${examples} examples in these batches`, `${all} in them`);
  yield* read(request);
}

async function firstSizes(read: ReadBatches, request: BatchRequest, count: number): Promise<number[]> {
  const sizes: number[] = [];
  for await (const batch of read({ ...request, start: 0, examples: 0 })) {
    sizes.push(sizeOf(batch));
    giveBack(batch);
    if (sizes.length === count) break;
  }
  return sizes;
}

const sizeOf = (batch: HostBatch | Batch): number => prepareBatch(batch).size;

function giveBack(batch: HostBatch | Batch): void {
  disposeSpent(batch);
  if ('release' in batch) batch.release?.();
}
