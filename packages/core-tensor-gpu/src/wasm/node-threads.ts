import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { env } from '@tensorflow/tfjs-core';

/** The largest number of threads that the backend's own worker pool supports. */
const mostThreads = 8;

type WorkerClass = new (file: string, options: WorkerOptions) => Worker;

/**
 * Runs `load`, which starts tfjs-backend-wasm, so that the backend can use threads in Node.
 *
 * The backend has a threaded build, but does not use it in Node, because it does three things that work only in a
 * browser. It starts its workers from a blob. It tells them to load themselves from another blob. It uses half of
 * the processors. These three are replaced while `load` runs, and restored afterwards.
 *
 * @param manifest - path of tfjs-backend-wasm's package.json
 */
export async function withThreads(
  manifest: string,
  threads: number,
  load: () => Promise<unknown>,
): Promise<void> {
  const require = createRequire(manifest);
  const workers = require('node:worker_threads') as { Worker: WorkerClass };
  const os = require('node:os') as { cpus: () => unknown[] };
  const globals = globalThis as { Worker?: unknown };
  const before = { Worker: workers.Worker, cpus: os.cpus, globalWorker: globals.Worker };
  const wanted = Math.min(threads, mostThreads);

  env().set('WASM_HAS_MULTITHREAD_SUPPORT', wanted > 1);
  workers.Worker = backendWorker(workers.Worker, join(dirname(manifest), 'wasm-out'), require);
  os.cpus = () => Array.from({ length: 2 * wanted }, () => before.cpus()[0]);
  try {
    await load();
  } finally {
    workers.Worker = before.Worker;
    os.cpus = before.cpus;
    if (before.globalWorker === undefined) delete globals.Worker;
    else globals.Worker = before.globalWorker;
  }
}

/** A worker that runs the backend's own worker program from the package instead of from a blob. */
function backendWorker(Base: WorkerClass, folder: string, require: NodeJS.Require): WorkerClass {
  const script = join(folder, 'tfjs-backend-wasm-threaded-simd.js');
  const { wasmWorkerContents } = require(join(folder, 'tfjs-backend-wasm-threaded-simd.worker.js')) as {
    wasmWorkerContents: string;
  };
  const names = `globalThis.__dirname=${JSON.stringify(folder)};globalThis.__filename=${JSON.stringify(script)};`;
  // As in the backend itself, the contents have a line break within a string.
  const program = names + wasmWorkerContents.replaceAll('\n', '\\n');
  return class extends Base {
    constructor() {
      super(program, { eval: true, execArgv: [] });
    }

    /** The backend never ends its threads, so they must not keep the process alive. */
    override ref(): void {
      this.unref();
    }

    override postMessage(message: unknown): void {
      const loading = typeof message === 'object' && message !== null && 'urlOrBlob' in message;
      super.postMessage(loading ? { ...message, urlOrBlob: script } : message);
    }
  };
}
