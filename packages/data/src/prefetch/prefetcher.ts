import type { HostBatch } from '@cantrip/ops';
import type { ReadBatches } from '../source/read-batches.ts';
import type { Source } from '../source/source.ts';
import type { AnySource } from './any-source.ts';
import { batchWorker } from './batch-worker.ts';

/** Whether a source can be sent to a worker. A function cannot. */
export function canBeSent({ inputs }: Source): boolean {
  return inputs.every(({ augment }) => augment.every((augmentation) => typeof augmentation !== 'function'));
}

/** Reads batches that a worker thread prepares, `ahead` batches in advance, while the main thread runs the step. */
export function prefetcher(source: AnySource, ahead: number): ReadBatches {
  const worker = batchWorker(() => shareMemory(source));
  return async function* (place, end) {
    const underWay: Promise<HostBatch>[] = [];
    let next = place.index;
    const request = (count: number) => {
      for (; next < end && underWay.length < count; next++) {
        const batch = worker.prepare({ ...place, index: next });
        // A reader that stops early never awaits the rest.
        batch.catch(() => undefined);
        underWay.push(batch);
      }
    };
    for (let { index } = place; index < end; index++) {
      request(1 + ahead);
      const batch = await underWay.shift()!;
      request(ahead);
      yield batch;
    }
  };
}

/** Copies numbers into shared memory if they are not there already. A worker reads them without another copy. */
function shareMemory<T>(data: T): T {
  if (ArrayBuffer.isView(data)) return shared(data as unknown as Numbers) as T;
  if (Array.isArray(data)) return data.map(shareMemory) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, part]) => [key, shareMemory(part)])) as T;
}

type Numbers = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

function shared<T extends Numbers>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const Kind = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Kind(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
