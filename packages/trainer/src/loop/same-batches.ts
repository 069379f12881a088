import type { HostBatch } from '@cantrip/ops';
import type { BatchRequest } from '../batch/batch-source.ts';
import type { Sizes } from '../contract/snapshot.ts';
import type { ReadBatches } from '../batch/lent-batches.ts';
import { fingerprintOf } from '../batch/first-values.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import type { Batch } from '../contract/batch.ts';
import { disposeSpent } from '../batch/spent-batches.ts';
import { otherData } from '../length/remaining.ts';

/** What is known of the completed batches. */
interface Completed {
  readonly sizes: Sizes;
  readonly firstBatch: string | undefined;
}

/**
 * Yields the remaining batches of an epoch, if the source gives the same batches as at its start: of the same sizes, and
 * first the same examples.
 *
 * The size of a batch is unknown until it is read. So the completed batches are read again and compared. Then the
 * remaining batches are requested.
 *
 * @throws CantripError STATE_MISMATCH if a batch has another size than before, or the first one has other values
 */
export async function* sameBatches(
  read: ReadBatches,
  request: BatchRequest,
  { sizes, firstBatch }: Completed,
): AsyncGenerator<HostBatch | Batch> {
  const before = sizes.flatMap(([size, batches]) => Array<number>(batches).fill(size));
  const { sizes: now, first } = await readAgain(read({ ...request, start: 0, examples: 0 }), before.length);
  const other = before.findIndex((size, index) => size !== now[index]);
  if (other !== -1) {
    const what = other === 0 ? 'its first batch' : `its batch ${other + 1}`;
    throw otherData(
      before.length,
      `${before[other]} examples in ${what}`,
      `${now[other] ?? 'nothing'} in ${what}`,
    );
  }
  if (firstBatch !== undefined && first !== firstBatch)
    throw otherData(
      before.length,
      `a first batch whose fingerprint is ${firstBatch}`,
      `one with ${first}: other examples, or another order`,
    );
  yield* read(request);
}

async function readAgain(
  batches: AsyncIterable<HostBatch | Batch>,
  count: number,
): Promise<{ sizes: readonly number[]; first: string | undefined }> {
  const sizes: number[] = [];
  let first: string | undefined;
  for await (const batch of batches) {
    const prepared = prepareBatch(batch);
    first ??= await fingerprintOf(prepared);
    sizes.push(prepared.size);
    disposeSpent(batch);
    if ('release' in batch) batch.release?.();
    if (sizes.length === count) break;
  }
  return { sizes, first };
}
