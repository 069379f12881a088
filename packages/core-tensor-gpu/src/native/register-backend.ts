import * as tf from '@tensorflow/tfjs-core';
import { eagerBinding } from './eager-binding.ts';
import type { EagerContext } from './eager-context.ts';
import type { NativeLibrary } from './native-library.ts';
import { correctKernels } from './upstream/corrected-kernels.ts';
import type { Upstream } from './upstream/upstream.ts';

let upstream: Promise<Upstream> | undefined;

/**
 * Makes a context tfjs-core's backend `tensorflow`.
 *
 * Both native devices bear that name, because tfjs-node's kernels are registered under it: one closes the other.
 */
export async function registerBackend(library: NativeLibrary, context: EagerContext): Promise<void> {
  upstream ??= loadKernels();
  const { NodeJSKernelBackend } = await upstream;
  const binding = eagerBinding(library, context);
  // The package's name decides which features tfjs-node refuses: some that TensorFlow has on a GPU alone.
  const suffix = context.home.type === 'GPU' ? '-gpu' : '';
  const backend = new NodeJSKernelBackend(binding, `@tensorflow/tfjs-node${suffix}`);
  backend.dispose = () => binding.close();
  if (tf.findBackendFactory('tensorflow') !== null) tf.removeBackend('tensorflow');
  tf.registerBackend('tensorflow', () => backend, 3);
  await tf.setBackend('tensorflow');
}

async function loadKernels(): Promise<Upstream> {
  const { loadUpstream } = await import('#upstream');
  const loaded = await loadUpstream();
  correctKernels();
  return loaded;
}
