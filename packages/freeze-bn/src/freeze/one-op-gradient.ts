import { frozenBatchNorm, hasKernel, kernelNames } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormParameters } from './fold-batch-norm.ts';

/**
 * Normalises along the last axis with given statistics, gamma and beta. One op computes all three gradients.
 *
 * @returns undefined if the backend has no such kernel
 */
export function normalizeByOneOp(
  x: tf.Tensor,
  { mean, variance, gamma, beta, epsilon }: Required<BatchNormParameters>,
): tf.Tensor | undefined {
  if (!hasKernel(kernelNames.frozenBatchNorm)) return undefined;
  return tf.tidy(() => {
    const images = x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1)!]);
    const y = frozenBatchNorm(images, { mean, variance, gamma: gamma!, beta: beta!, epsilon: epsilon! });
    return x.rank === 4 ? y : tf.reshape(y, x.shape);
  });
}
