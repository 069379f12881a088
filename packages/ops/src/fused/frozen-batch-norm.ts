import { atLeast, numberIn, readOptions, tensorCheck } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { requireTensor } from './require-tensor.ts';
import { frozenBatchNormKernel } from './frozen-batch-norm-kernel.ts';

export interface FrozenBatchNormOptions {
  /** The given statistics, `[channels]` each; constants in the gradient. */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  /** Scale and offset, `[channels]` each. */
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * Batch normalisation with given statistics over the last of four axes. It computes the gradients of inputs, gamma
 * and beta together. It runs as one kernel if the backend has it, as TensorFlow does. Otherwise it is composed of
 * other ops.
 *
 * `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`. If you need only the gradient of the inputs, `dy *
 * scale` is cheaper.
 *
 * @param x - float32 `[batch, height, width, channels]`
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 * @example
 * ```ts
 * const [zero, one] = [tf.tensor1d([0]), tf.tensor1d([1])];
 * frozenBatchNorm(tf.tensor4d([3], [1, 1, 1, 1]), { mean: one, variance: one, gamma: one, beta: zero, epsilon: 0 }); // 2
 * ```
 */
export function frozenBatchNorm(x: tf.Tensor, options: FrozenBatchNormOptions): tf.Tensor {
  requireTensor('frozenBatchNorm', 'x', x, { shape: [-1, -1, -1, -1] });
  readOptions('frozenBatchNorm', optionChecks, options);
  const { epsilon, ...given } = options;
  for (const [name, one] of Object.entries(given))
    requireTensor('frozenBatchNorm', name, one, { shape: [x.shape[3]!] });
  return runOwnKernel(frozenBatchNormKernel, { x, ...given }, { epsilon })[0]!;
}

const optionChecks = {
  mean: tensorCheck,
  variance: tensorCheck,
  gamma: tensorCheck,
  beta: tensorCheck,
  epsilon: numberIn(atLeast(0)),
};
