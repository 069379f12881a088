import * as tf from '@tensorflow/tfjs-core';
import { loadUpstream } from '../../../../packages/core-tensor-gpu/src/native/upstream/load-from-packages.ts';

/**
 * Takes note of tfjs-node's own kernels, to be called before a native device of ours is opened, which puts corrected
 * and narrower ones in the place of some, and adds some.
 *
 * @returns what puts tfjs-node's back, and no others
 */
export async function upstreamKernels(): Promise<() => void> {
  await loadUpstream();
  const noted = tf.getKernelsForBackend('tensorflow');
  if (noted.length === 0) throw new Error('tfjs-node has registered no kernels');
  // A device registers them again, and tfjs-core would warn of each.
  for (const { kernelName } of noted) tf.unregisterKernel(kernelName, 'tensorflow');
  return () => {
    for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) {
      tf.unregisterKernel(kernelName, 'tensorflow');
    }
    noted.forEach(tf.registerKernel);
  };
}
