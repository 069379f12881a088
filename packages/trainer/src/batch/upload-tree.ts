import * as tf from '@tensorflow/tfjs-core';
import { upload } from '@cantrip/ops';
import { isHostTensor } from '@cantrip/plugin-kit';

/**
 * Replaces host tensors and numbers by tensors on the device. Tensors stay as they are.
 *
 * @param uploaded - receives the created tensors; the caller must dispose them
 */
export function uploadTree(tree: unknown, uploaded: tf.Tensor[]): unknown {
  if (tree instanceof tf.Tensor) return tree;
  if (typeof tree === 'number' || isHostTensor(tree)) {
    const tensor = typeof tree === 'number' ? tf.scalar(tree) : upload(tree);
    uploaded.push(tensor);
    return tensor;
  }
  return Object.fromEntries(
    Object.entries(tree as object).map(([key, branch]) => [key, uploadTree(branch, uploaded)]),
  );
}
