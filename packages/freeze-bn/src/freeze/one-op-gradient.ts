import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormParameters } from './fold-batch-norm.ts';

/**
 * The kernel that @cantrip/core-tensor-gpu registers with a native device: its gradient is one op for `x`, gamma and
 * beta. Asked for by its name, so that whoever has no such device need not install that package.
 */
const kernelName = 'CantripFrozenBatchNorm';

/**
 * Normalises along the last axis with given statistics, gamma and beta, all three gradients in one op.
 *
 * @returns undefined where the device has no such op
 */
export function normalizeByOneOp(
  x: tf.Tensor,
  { mean, variance, gamma, beta, epsilon }: Required<BatchNormParameters>,
): tf.Tensor | undefined {
  if (tf.getKernel(kernelName, tf.getBackend()) === undefined) return undefined;
  return tf.tidy(() => {
    const images = x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1)!]);
    const inputs = { x: images, mean, variance, gamma: gamma!, beta: beta! };
    const [y] = tf.engine().runKernel(kernelName, inputs, { epsilon: epsilon! }) as unknown as tf.Tensor[];
    return x.rank === 4 ? y! : tf.reshape(y!, x.shape);
  });
}
