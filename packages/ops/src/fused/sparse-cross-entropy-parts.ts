import { checkArgument, tensorCheck } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { sparseCrossEntropyKernel } from './cross-entropy-kernels.ts';

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
 * @param logits - `[N, K]`
 * @param indices - int32 `[N]`, in [0, K)
 */
export function sparseCrossEntropyParts(logits: tf.Tensor, indices: tf.Tensor): CrossEntropyParts {
  checkArgument('sparseCrossEntropyParts', 'logits', tensorCheck, logits);
  checkArgument('sparseCrossEntropyParts', 'indices', tensorCheck, indices);
  const [losses, difference] = runOwnKernel(sparseCrossEntropyKernel, { logits, indices }) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return { losses, difference };
}
