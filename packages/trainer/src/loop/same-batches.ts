import type { HostBatch } from '@cantrip/ops';
import type { BatchRequest } from '../batch/batch-source.ts';
import type { Sizes } from '../contract/snapshot.ts';
import type { ReadBatches } from '../batch/lent-batches.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import type { Batch } from '../contract/batch.ts';
import { disposeSpent } from '../batch/spent-batches.ts';
import { otherData } from './remaining.ts';

/**
 * Yields the remaining batches of an epoch, if the source gives batches of the same sizes as at its start.
 *
 * The size of a batch is unknown until it is read. So the completed batches are read again and compared. Then the
 * remaining batches are requested.
 *
 * @throws CantripError STATE_MISMATCH if a batch has another size than before
 */
export async function* sameBatches(
  read: ReadBatches,
  request: BatchRequest,
  sizes: Sizes,
): AsyncGenerator<HostBatch | Batch> {
  const before = sizes.flatMap(([size, batches]) => Array<number>(batches).fill(size));
  const now = await sizesOf(read({ ...request, start: 0, examples: 0 }), before.length);
  const other = before.findIndex((size, index) => size !== now[index]);
  if (other !== -1) {
    const what = other === 0 ? 'its first batch' : `its batch ${other + 1}`;
    throw otherData(
      before.length,
      `${before[other]} examples in ${what}`,
      `${now[other] ?? 'nothing'} in ${what}`,
    );
  }
  yield* read(request);
}

async function sizesOf(batches: AsyncIterable<HostBatch | Batch>, count: number): Promise<number[]> {
  const sizes: number[] = [];
  for await (const batch of batches) {
    sizes.push(prepareBatch(batch).size);
    disposeSpent(batch);
    if ('release' in batch) batch.release?.();
    if (sizes.length === count) break;
  }
  return sizes;
}
