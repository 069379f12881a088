import * as tf from '@tensorflow/tfjs-core';
import { batchNormKernels } from './batch-norm-kernels.ts';
import { crossEntropyKernels } from './cross-entropy-kernels.ts';
import { descentKernels } from './descent-kernels.ts';
import { drawingKernels } from './drawing-kernels.ts';
import type { OwnKernels } from '../native/ops/native-op.ts';

const kernels: OwnKernels = {
  ...batchNormKernels,
  ...crossEntropyKernels,
  ...descentKernels,
  ...drawingKernels,
};

/** Registers the kernels with the native backend. They replace compositions. */
export function registerNativeKernels(): void {
  for (const [kernelName, run] of Object.entries(kernels)) {
    // Registering a kernel twice prints a warning.
    if (tf.getKernel(kernelName, backendName) !== undefined) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => run(inputs as Readonly<Record<string, tf.Tensor>>, attrs ?? {})),
    });
  }
}

const backendName = 'tensorflow';
