import type * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { sparseCrossEntropyKernel } from './cross-entropy-kernels.ts';
import { requireTensor } from './require-tensor.ts';

export interface CrossEntropyParts {
  /** `[N]`: `-log_softmax(logits)` at the index of each row. */
  readonly losses: tf.Tensor;
  /** `[N, K]`: `softmax(logits) - one hot`, the gradient of the loss of each row. */
  readonly difference: tf.Tensor;
}

/**
 * Cross-entropy of class indices together with its gradient, for use in a `tf.customGrad`. One kernel computes both.
 *
 * Call {@link hasKernel} first: without the kernel, this would create a matrix of labels. If the gradient itself is
 * differentiated (see {@link differentiatedAgain}), do not use the difference as a constant.
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
