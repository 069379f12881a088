import type * as tf from '@tensorflow/tfjs-core';
import { sparseCrossEntropyKernel } from './cross-entropy-kernels.ts';
import { runFused } from './fused-kernel.ts';

export interface CrossEntropyParts {
  /** `[N]`: `-log_softmax(logits)` at each row's index. */
  readonly losses: tf.Tensor;
  /** `[N, K]`: `softmax(logits) - one hot`, the gradient of each row's loss. */
  readonly difference: tf.Tensor;
}

/**
 * Cross-entropy of class indices together with its gradient, for a `tf.customGrad` that goes on from there: one op of
 * TensorFlow's gives both.
 *
 * Ask {@link onNativeDevice} first: on other devices it would make a matrix of labels. A gradient that is itself
 * differentiated, see {@link differentiatedAgain}, must not take the difference for a constant.
 *
 * @param logits - `[N, K]`
 * @param indices - int32 `[N]`, in [0, K)
 */
export function sparseCrossEntropyParts(logits: tf.Tensor, indices: tf.Tensor): CrossEntropyParts {
  const [losses, difference] = runFused(sparseCrossEntropyKernel, { logits, indices }) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return { losses, difference };
}
