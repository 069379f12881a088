import * as tf from '@tensorflow/tfjs-core';
import type { Feed } from '@cantrip/core-tensor-gpu';
import { upload } from '@cantrip/ops';

/**
 * Replaces host tensors and numbers by tensors on the device. Tensors stay as they are.
 *
 * @param uploaded - receives the created tensors; the caller must dispose them
 */
export function uploadTree(tree: unknown, uploaded: tf.Tensor[]): unknown {
  if (tree instanceof tf.Tensor) return tree;
  if (isHostFeed(tree)) {
    const tensor = typeof tree === 'number' ? tf.scalar(tree) : upload(tree);
    uploaded.push(tensor);
    return tensor;
  }
  return Object.fromEntries(
    Object.entries(tree as object).map(([key, branch]) => [key, uploadTree(branch, uploaded)]),
  );
}

function isHostFeed(tree: unknown): tree is Exclude<Feed, tf.Tensor> {
  return typeof tree === 'number' || ArrayBuffer.isView((tree as { readonly values?: unknown }).values);
}
