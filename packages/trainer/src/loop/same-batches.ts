import type { HostBatch } from '@cantrip/ops';
import type { BatchRequest } from '../batch/batch-source.ts';
import type { ReadBatches } from '../batch/lent-batches.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import type { Batch } from '../contract/batch.ts';
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
 * then the first batch of the epoch is read again and compared, or all that are done where these differed. The source is
 * asked anew for those that are left.
 *
 * @throws CantripError STATE_MISMATCH where these hold another number of examples than they did
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
  if (!isEven && all !== examples) throw otherData(batch, `${examples} examples in these`, `${all} in these`);
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
