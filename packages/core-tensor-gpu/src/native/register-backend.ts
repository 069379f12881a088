import * as tf from '@tensorflow/tfjs-core';
import { eagerBinding } from './eager-binding.ts';
import type { EagerContext } from './eager-context.ts';
import type { NativeLibrary } from './native-library.ts';
import { correctKernels } from './upstream/corrected-kernels.ts';
import type { NativeBackend, Upstream } from './upstream/upstream.ts';

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
  let next: EagerContext | undefined = first;
  const createBackend = (): NativeBackend => {
    const context = next ?? openAnother();
    next = undefined;
    const binding = eagerBinding(library, context);
    // The package's name decides which features tfjs-node refuses: some that TensorFlow has on a GPU alone.
    const suffix = context.home.type === 'GPU' ? '-gpu' : '';
    const backend = new NodeJSKernelBackend(binding, `@tensorflow/tfjs-node${suffix}`);
    backend.dispose = () => binding.close();
    return backend;
  };
  if (tf.findBackendFactory('tensorflow') !== null) tf.removeBackend('tensorflow');
  tf.registerBackend('tensorflow', createBackend, 3);
  await tf.setBackend('tensorflow');
}

async function loadKernels(): Promise<Upstream> {
  const { loadUpstream } = await import('#upstream');
  const loaded = await loadUpstream();
  correctKernels();
  return loaded;
}
