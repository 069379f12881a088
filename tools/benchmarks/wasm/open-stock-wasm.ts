import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { registerChainedOps } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { naiveFilterGradient, naiveSegmentSum } from './naive-wasm-kernels.ts';

/**
 * Starts tfjs-backend-wasm as it is in Node, on one thread and with its own kernels. What it lacks for training is
 * filled in as one writes it first.
 */
export async function openStockWasm(): Promise<{ readonly version: string }> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  wasm.setWasmPaths(join(dirname(manifest), 'dist') + sep);
  for (const [kernelName, kernelFunc] of [
    [tf.Conv2DBackpropFilter, naiveFilterGradient],
    [tf.UnsortedSegmentSum, naiveSegmentSum],
  ] as const) {
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
  // As the package @tensorflow/tfjs does; initializers of tfjs-layers need them.
  registerChainedOps();
  await tf.setBackend('wasm');
  return { version: `tfjs-backend-wasm ${wasm.version_wasm}` };
}
