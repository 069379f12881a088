import type * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { sparseCrossEntropyKernel } from './cross-entropy-kernels.ts';
import { requireTensor } from './require-tensor.ts';

export interface CrossEntropyParts {
  /** `[N]`: `-log_softmax(logits)` at each row's index. */
  readonly losses: tf.Tensor;
  /** `[N, K]`: `softmax(logits) - one hot`, the gradient of each row's loss. */
  readonly difference: tf.Tensor;
}

/**
 * Cross-entropy of class indices together with its gradient, for a `tf.customGrad` that goes on from there: one
 * kernel gives both.
 *
 * Ask {@link hasKernel} first: a composition would make a matrix of labels. A gradient that is itself
 * differentiated, see {@link differentiatedAgain}, must not take the difference for a constant.
 *
 * @param logits - float32 `[N, K]`
 * @param indices - int32 `[N]`, in [0, K)
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 */
export function sparseCrossEntropyParts(logits: tf.Tensor, indices: tf.Tensor): CrossEntropyParts {
  requireTensor('sparseCrossEntropyParts', 'logits', logits, { shape: [-1, -1] });
  requireTensor('sparseCrossEntropyParts', 'indices', indices, { shape: [logits.shape[0]!], dtype: 'int32' });
  const [losses, difference] = runOwnKernel(sparseCrossEntropyKernel, { logits, indices }) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return { losses, difference };
}
