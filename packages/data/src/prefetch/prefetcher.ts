import type { HostBatch } from '@cantrip/core-tensor-gpu';
import type { BatchPlace } from '../dataset/assemble-batch.ts';
import type { Source, SourceArray } from '../dataset/source.ts';
import { batchWorker } from './batch-worker.ts';

/** Whether a worker can do the work: a function cannot be sent to it. */
export function canBeSent({ inputs }: Source): boolean {
  return inputs.every(({ augment }) => augment.every((augmentation) => typeof augmentation !== 'function'));
}

/** Reads batches that a worker thread prepares, `ahead` of them in advance, while the main thread runs the step. */
export function prefetcher(
  source: Source,
  ahead: number,
): (first: BatchPlace, end: number) => AsyncGenerator<HostBatch, void, undefined> {
  const worker = batchWorker(() => shareMemory(source));
  return async function* ({ seed, epoch, index: first }, end) {
    const underWay: Promise<HostBatch>[] = [];
    let next = first;
    const request = (count: number) => {
      for (; next < end && underWay.length < count; next++) {
        const batch = worker.prepare({ seed, epoch, index: next });
        // Whoever leaves early never awaits the rest.
        batch.catch(() => undefined);
        underWay.push(batch);
      }
    };
    for (let index = first; index < end; index++) {
      request(1 + ahead);
      const batch = await underWay.shift()!;
      request(ahead);
      yield batch;
    }
  };
}

/** The same source with its numbers in shared memory, where they are not already: a worker reads them in place. */
function shareMemory(source: Source): Source {
  const share = (arrays: readonly SourceArray[]) =>
    arrays.map((array) => ({ ...array, values: shared(array.values) }));
  return {
    ...source,
    inputs: share(source.inputs),
    targets: share(source.targets),
    selected: source.selected && shared(source.selected),
  };
}

type Numbers = SourceArray['values'] | Uint32Array;

function shared<T extends Numbers>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const Kind = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Kind(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
