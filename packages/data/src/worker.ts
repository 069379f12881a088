import { parentPort, workerData } from 'node:worker_threads';
import type { HostBatch, HostTensor } from '@cantrip/ops';
import { type AnySource, anyAssembler } from './prefetch/any-assembler.ts';
import type { BatchAnswer, BatchOrder } from './prefetch/batch-worker.ts';

// The program of the worker thread: one answer for each request. It does not load TensorFlow.
const assemble = anyAssembler(workerData as AnySource);

parentPort?.on('message', ({ id, place }: BatchOrder) => {
  try {
    const batch = assemble(place);
    answer({ id, batch }, buffersOf(batch));
  } catch (error) {
    answer({ id, failure: error instanceof Error ? error.message : String(error) }, []);
  }
});

function answer(message: BatchAnswer, transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transfer);
}

/** The buffers to transfer instead of copying. This thread does not read a finished batch again. */
function buffersOf({ inputs, targets }: HostBatch): ArrayBuffer[] {
  return [inputs, targets]
    .flatMap((side) => ('values' in side ? [side as HostTensor] : (Object.values(side) as HostTensor[])))
    .map(({ values }) => values.buffer as ArrayBuffer);
}
