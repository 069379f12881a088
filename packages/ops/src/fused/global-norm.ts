import { type Check, checkArgument } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runBackendKernel } from '../kernels/backend-kernel.ts';
import { kernelNames } from '../kernels/kernel-names.ts';
import { requireTensor } from './require-tensor.ts';

/**
 * The Euclidean norm of all values of several tensors together. It uses one kernel per tensor if the backend has it.
 *
 * `sqrt(sum_i sum(t_i ^ 2))`. It has a gradient, except if all values are 0.
 *
 * @param tensors - float32 of any shapes; they are added in this order. The norm of an empty list is 0
 * @returns a scalar
 * @example
 * ```ts
 * globalNorm([tf.tensor1d([3, 0]), tf.scalar(4)]); // 5
 * ```
 */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  checkArgument('globalNorm', 'tensors', tensorsCheck, tensors);
  for (const [at, tensor] of tensors.entries()) requireTensor('globalNorm', `tensors[${at}]`, tensor);
  if (tensors.length === 0) return tf.scalar(0);
  return tf.tidy(() => {
    if (!hasKernel(kernelNames.halfSquare))
      return tf.sqrt(tf.addN(tensors.map((tensor) => tf.sum(tf.square(tensor)))));
    return tf.sqrt(tf.mul(tf.addN(tensors.map((tensor) => halfSquare(tensor))), 2));
  });
}

const halfSquare = tf.customGrad((x, save) => {
  const [tensor, keep] = [x as tf.Tensor, save as tf.GradSaveFunc];
  keep([tensor]);
  return {
    value: runBackendKernel(kernelNames.halfSquare, { x: tensor })[0]!,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0]!),
  };
});

const tensorsCheck: Check<unknown> = (given) =>
  Array.isArray(given) ? undefined : 'must be an array of tensors';
