import { parentPort, workerData } from 'node:worker_threads';
import { isCantripError } from '@cantrip/errors';
import type { HostBatch, HostTensor } from '@cantrip/ops';
import { bucketAssembler } from './buckets/pad-batch.ts';
import type { AnySource } from './prefetch/any-source.ts';
import { type AssembleBatch, batchAssembler } from './source/assemble-batch.ts';
import type { BatchAnswer, BatchFailure, BatchOrder } from './prefetch/batch-worker.ts';

// The program of the worker thread: one answer for each request. It does not load TensorFlow.
// The assembler is made with the first request, so that the answer says why it could not be made.
let assembler: Promise<AssembleBatch> | undefined;

parentPort?.on('message', ({ id, place }: BatchOrder) => void prepare(id, place));

async function prepare(id: number, place: BatchOrder['place']): Promise<void> {
  try {
    const batch = await (await (assembler ??= assemblerOf(workerData as AnySource)))(place);
    answer({ id, batch }, buffersOf(batch));
  } catch (error) {
    answer({ id, failure: failureOf(error) }, []);
  }
}

/** What makes the same error again in the main thread. */
function failureOf(error: unknown): BatchFailure {
  if (!isCantripError(error)) return { reason: error instanceof Error ? error.message : String(error) };
  const { code, who, what, fix } = error;
  return { code, who, what, fix };
}

function answer(message: BatchAnswer, transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transfer);
}

/** The buffers to transfer instead of copying. This thread does not read a finished batch again. */
function buffersOf({ inputs, targets }: HostBatch): ArrayBuffer[] {
  return [inputs, targets]
    .flatMap((side) => ('values' in side ? [side as HostTensor] : (Object.values(side) as HostTensor[])))
    .map(({ values }) => values.buffer as ArrayBuffer);
}

async function assemblerOf(source: AnySource): Promise<AssembleBatch> {
  if ('buckets' in source) return bucketAssembler(source);
  if (!source.inputs.some(({ files }) => files)) return batchAssembler(source);
  // Only a source of image files needs a library that decodes them.
  const { imageAssembler } = await import('./images/image-assembler.ts');
  return imageAssembler(source);
}
