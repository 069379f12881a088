import type { Worker } from 'node:worker_threads';
import type { HostBatch } from '@cantrip/ops';
import { CantripError, type CantripErrorParts } from '@cantrip/errors';
import type { BatchPlace } from '../source/assemble-batch.ts';
import { nodeModule } from '../source/node-module.ts';
import type { AnySource } from './any-source.ts';

/** A request of the main thread. */
export interface BatchOrder {
  readonly id: number;
  readonly place: BatchPlace;
}

/** An answer of the worker. */
export type BatchAnswer =
  | { readonly id: number; readonly batch: HostBatch }
  | { readonly id: number; readonly failure: BatchFailure };

/** An error of the worker: one of ours as its parts, any other as its message. */
export type BatchFailure =
  | { readonly reason: string }
  | (Pick<CantripErrorParts, 'who' | 'what' | 'fix'> & { readonly code: CantripError['code'] });

/** Prepares single batches in a worker thread. */
export interface BatchWorker {
  prepare(place: BatchPlace): Promise<HostBatch>;
}

interface Waiting {
  resolve(batch: HostBatch): void;
  reject(error: Error): void;
}

/**
 * Creates a worker that prepares batches. The thread starts with the first request and ends after ten seconds without
 * one. It keeps the process alive only while a request is open. Requests share nothing, so several readers can use
 * one worker.
 */
export function batchWorker(sourceOf: () => AnySource, idleMilliseconds: number = 10_000): BatchWorker {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let source: AnySource | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const stop = () => {
    void worker?.terminate();
    worker = undefined;
  };
  const fail = (reason: string) => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(workerFailed(reason));
    waiting.clear();
  };
  const receive = (answer: BatchAnswer) => {
    const reader = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('batch' in answer) reader?.resolve(answer.batch);
    else reader?.reject(errorOf(answer.failure));
    if (waiting.size > 0) return;
    worker?.unref();
    idle = setTimeout(stop, idleMilliseconds).unref();
  };
  const start = (): Worker => {
    // This comes first, because a browser has no worker threads of Node.
    const { Worker } = nodeModule('worker_threads');
    const started = startWorker(Worker, (source ??= sourceOf()));
    const isCurrent = () => worker === started;
    started.on('message', receive);
    started.on(
      'error',
      (error) => isCurrent() && fail(error instanceof Error ? error.message : String(error)),
    );
    started.on('exit', (code) => isCurrent() && fail(`it ended with exit code ${code}`));
    return started;
  };
  return {
    prepare(place) {
      clearTimeout(idle);
      worker ??= start();
      worker.ref();
      const id = ++lastId;
      worker.postMessage({ id, place } satisfies BatchOrder);
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
  };
}

function startWorker(Thread: typeof Worker, source: AnySource): Worker {
  // Unbuilt source needs a loader for TypeScript, and the condition under which packages export their source.
  const isBuilt = !import.meta.url.endsWith('.ts');
  // The package has this module in a folder. A program bundled into one file has the worker beside it.
  const isBundled = !/\/prefetch\/batch-worker\.[jt]s$/.test(import.meta.url);
  // Not written as a literal, because bundlers for browsers would bundle a program that cannot run there.
  const program = isBuilt ? `${isBundled ? './' : '../'}worker.js` : '../worker-from-source.js';
  return new Thread(new URL(program, import.meta.url), {
    workerData: source,
    ...(!isBuilt && { execArgv: ['--conditions=@cantrip/source'] }),
  });
}

function errorOf(failure: BatchFailure): CantripError {
  return 'reason' in failure ? workerFailed(failure.reason) : new CantripError(failure.code, failure);
}

function workerFailed(reason: string): CantripError {
  return new CantripError('DATA_WORKER', {
    who: 'arrayDataset',
    what: `the worker thread that prepares batches failed: ${reason}`,
    fix: 'Set prefetch to 0, so that the main thread prepares them and shows the error',
  });
}
