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
 * Registers a native device as tfjs-core's backend `tensorflow`. Both native devices have that name, because
 * tfjs-node's kernels are registered under it. So opening one closes the other.
 *
 * @param openAnother - opens another context, which tfjs-core needs after `engine().reset()`
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
    // tfjs-node refuses some features depending on the package's name. TensorFlow has these only on a GPU.
    const suffix = context.home.type === 'GPU' ? '-gpu' : '';
    const backend = new NodeJSKernelBackend(binding, `@tensorflow/tfjs-node${suffix}`);
    backend.dispose = () => binding.close();
    return backend;
  };
  // Created here and not in the factory, because tfjs-core hides errors of a factory.
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
