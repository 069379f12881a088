import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Device } from '../device/device.ts';
import type { Driver } from '../device/driver.ts';
import { hostMemory, processorName, threadCount } from '../device/hardware.ts';
import { registerTrainingKernels } from './training-kernels.ts';

/** TensorFlow.js's own WebAssembly backend: npm alone is enough for it. */
export const wasmDriver: Driver = {
  name: 'wasm',
  async open(): Promise<Device> {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    wasm.setWasmPaths(join(dirname(manifest), 'dist/'));
    await tf.setBackend('wasm');
    registerTrainingKernels();
    const description = {
      name: 'wasm',
      version: `tfjs-backend-wasm ${wasm.version_wasm}`,
      threads: threadCount(),
      hardware: processorName(),
      memory: hostMemory(),
      passedOver: [],
    } as const;
    return { name: 'wasm', describe: () => description };
  },
};
