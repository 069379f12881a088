import {
  atLeast,
  CantripError,
  checkArgument,
  floatTensorCheck,
  numberIn,
  optional,
  readOptions,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { layerNormKernel } from './layer-norm-kernel.ts';

export interface LayerNormOptions {
  /** Scale, `[channels]`; 1 by default. */
  readonly gamma?: tf.Tensor | undefined;
  /** Offset, `[channels]`; 0 by default. */
  readonly beta?: tf.Tensor | undefined;
  /** Added to the variance, at least 0; 1e-3 by default, as in TensorFlow.js (PyTorch: 1e-5). */
  readonly epsilon?: number | undefined;
}

/**
 * Layer normalisation over the last axis, with a gradient in few ops.
 *
 * `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, with mean and biased variance of each row. The variance
 * is the mean of squared deviations, so no digits are lost where the mean is large.
 *
 * @param inputs - float32 `[…, channels]`
 * @returns a tensor in the shape of the inputs
 * @throws CantripError SHAPE_MISMATCH for inputs without an axis, or unless gamma and beta are `[channels]`;
 *   OPTION_INVALID for an epsilon below 0
 * @example
 * ```ts
 * layerNorm(tf.tensor2d([[1, 3]]), { epsilon: 0 }); // [[-1, 1]]
 * ```
 * @see Ba, Kiros and Hinton, Layer normalization, https://arxiv.org/abs/1607.06450
 */
export function layerNorm(inputs: tf.Tensor, options: LayerNormOptions = {}): tf.Tensor {
  checkArgument('layerNorm', 'inputs', floatTensorCheck, inputs);
  const { gamma, beta, epsilon } = readOptions('layerNorm', optionChecks, options) as LayerNormOptions & {
    readonly epsilon: number;
  };
  const channels = inputs.shape.at(-1);
  if (channels === undefined)
    throw wrongShape('inputs must have at least one axis, got a scalar', 'Pass […, channels]');
  for (const [name, parameter] of Object.entries({ gamma, beta })) {
    if (parameter === undefined || tf.util.arraysEqual(parameter.shape, [channels])) continue;
    throw wrongShape(
      `${name} must have the shape [${channels}] of the channels, got [${parameter.shape.join(', ')}]`,
      'Pass one number for each place of the last axis',
    );
  }
  return tf.tidy(() => {
    const x =
      inputs.rank === 2 ? inputs : tf.reshape(inputs, [inputs.size / Math.max(channels, 1), channels]);
    const given = { x, gamma: gamma ?? tf.ones([channels]), beta: beta ?? tf.zeros([channels]) };
    const y = runOwnKernel(layerNormKernel, given, { epsilon })[0]!;
    return inputs.rank === 2 ? y : tf.reshape(y, inputs.shape);
  });
}

const optionChecks = {
  gamma: optional(floatTensorCheck),
  beta: optional(floatTensorCheck),
  epsilon: optional(numberIn(atLeast(0)), 1e-3),
};

const wrongShape = (what: string, fix: string): CantripError =>
  new CantripError('SHAPE_MISMATCH', { who: 'layerNorm', what, fix });
