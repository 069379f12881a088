import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { DriverDevice } from '../device/device.ts';
import { startBackend } from '../device/current-backend.ts';
import type { Driver } from '../device/driver.ts';
import { hostMemory, processorName, threadCount } from '../device/hardware.ts';
import { withThreads } from './node-threads.ts';
import { registerTrainingKernels } from './training-kernels.ts';

/**
 * TensorFlow.js's own WebAssembly backend. It needs only npm. Convolutions and matrix products use all processors.
 */
export const wasmDriver: Driver = {
  name: 'wasm',
  async open(): Promise<DriverDevice> {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    wasm.setWasmPaths(join(dirname(manifest), 'dist') + sep);
    const threads = threadCount();
    wasm.setThreadsCount(threads);
    await withThreads(manifest, threads, () => withoutNewListeners(() => startBackend('wasm')));
    registerTrainingKernels();
    const description = {
      name: 'wasm',
      version: `tfjs-backend-wasm ${wasm.version_wasm}`,
      library: dirname(manifest),
      threads: wasm.getThreadsCount(),
      hardware: processorName(),
      memory: hostMemory(),
      passedOver: [],
    } as const;
    return { name: 'wasm', describe: () => description };
  },
};

const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Removes the listeners that the compiled module adds to the process. They rethrow every error of the process, which
 * prints the module's minified source above it.
 */
async function withoutNewListeners(load: () => Promise<unknown>): Promise<void> {
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  await load();
  for (const [i, event] of events.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[i]!.includes(listener)) process.removeListener(event, listener);
    }
  }
}
