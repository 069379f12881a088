import { booleanCheck, checkArgument, floatTensorCheck, optional, readOptions } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { geluKernel } from './gelu-kernel.ts';

export interface GeluOptions {
  /** Whether to use the formula with tanh, as GPT-2 does; false by default, as in PyTorch. */
  readonly approximate?: boolean | undefined;
}

/**
 * The Gaussian error linear unit, with a gradient in few ops.
 *
 * `x * P(X <= x)` of a standard normal X: `x / 2 * (1 + erf(x / sqrt(2)))`. Approximately: `x / 2 * (1 + tanh(sqrt(2 /
 * pi) * (x + 0.044715 * x^3)))`. The two differ by up to 5e-4, so use the one that a model was trained with.
 *
 * @param x - float32 of any shape
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * gelu(tf.tensor1d([-1, 0, 1])); // [-0.1587, 0, 0.8413]
 * gelu(tf.tensor1d([-1, 0, 1]), { approximate: true }); // [-0.1588, 0, 0.8412]
 * ```
 * @see Hendrycks and Gimpel, Gaussian error linear units, https://arxiv.org/abs/1606.08415
 */
export function gelu<T extends tf.Tensor>(x: T, options: GeluOptions = {}): T {
  checkArgument('gelu', 'x', floatTensorCheck, x);
  const { approximate } = readOptions('gelu', optionChecks, options);
  const [y, slope] = runOwnKernel(geluKernel, { x }, { approximate: approximate ? 1 : 0 });
  slope!.dispose();
  return y as T;
}

const optionChecks = { approximate: optional(booleanCheck, false) };
