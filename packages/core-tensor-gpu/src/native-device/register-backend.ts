import * as tf from '@tensorflow/tfjs-core';
import { registerNativeGradients } from '../fused/native-gradients.ts';
import { registerNativeKernels } from '../fused/native-kernels.ts';
import { eagerBinding } from '../native/eager/eager-binding.ts';
import type { EagerContext } from '../native/eager/eager-context.ts';
import type { NativeLibrary } from '../native/api/native-library.ts';
import { correctKernels } from './corrected-kernels.ts';
import { narrowKernels } from './narrower-kernels.ts';
import type { NativeBackend, Upstream } from '../native/upstream/upstream.ts';

let upstream: Promise<Upstream> | undefined;

/**
 * Makes a native device tfjs-core's backend `tensorflow`.
 *
 * Both native devices bear that name, because tfjs-node's kernels are registered under it: one closes the other.
 *
 * @param openAnother - tfjs-core asks for another context after `engine().reset()`
 */
export async function registerBackend(
  library: NativeLibrary,
  first: EagerContext,
  openAnother: () => EagerContext,
): Promise<void> {
  upstream ??= loadKernels();
  const { NodeJSKernelBackend } = await upstream;
  const createBackend = (context: EagerContext): NativeBackend => {
    const binding = eagerBinding(library, context);
    // The package's name decides which features tfjs-node refuses: some that TensorFlow has on a GPU alone.
    const suffix = context.home.type === 'GPU' ? '-gpu' : '';
    const backend = new NodeJSKernelBackend(binding, `@tensorflow/tfjs-node${suffix}`);
    backend.dispose = () => binding.close();
    return backend;
  };
  // Made here and not in the factory, because tfjs-core swallows a factory's error.
  let ready: NativeBackend | undefined = createBackend(first);
  const factory = (): NativeBackend => {
    const backend = ready ?? createBackend(openAnother());
    ready = undefined;
    return backend;
  };
  if (tf.findBackendFactory('tensorflow') !== null) tf.removeBackend('tensorflow');
  tf.registerBackend('tensorflow', factory, 3);
  await tf.setBackend('tensorflow');
  registerNativeGradients();
  registerNativeKernels();
}

async function loadKernels(): Promise<Upstream> {
  const { loadUpstream } = await import('#upstream');
  const loaded = await loadUpstream();
  correctKernels();
  narrowKernels();
  return loaded;
}
