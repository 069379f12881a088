import * as tf from '@tensorflow/tfjs-core';
import { loadUpstream } from '../../../../packages/core-tensor-gpu/src/native/upstream/load-from-packages.ts';

/**
 * Takes note of tfjs-node's own kernels, to be called before a native device of ours is opened, which puts corrected
 * and narrower ones in the place of some.
 *
 * @returns what puts tfjs-node's back
 */
export async function upstreamKernels(): Promise<() => void> {
  await loadUpstream();
  const noted = tf.getKernelsForBackend('tensorflow');
  if (noted.length === 0) throw new Error('tfjs-node has registered no kernels');
  // A device registers them again, and tfjs-core would warn of each.
  for (const { kernelName } of noted) tf.unregisterKernel(kernelName, 'tensorflow');
  return () => {
    for (const kernel of noted) {
      tf.unregisterKernel(kernel.kernelName, 'tensorflow');
      tf.registerKernel(kernel);
    }
  };
}
