import { CantripError, parseOptions, floatTensorSchema } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import {
  type BatchNormParameters,
  checkParameters,
  foldParameters,
  scaleAndShift,
} from './fold-batch-norm.ts';

/**
 * Batch normalisation with given statistics instead of the batch's. For models that are functions.
 *
 * `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, computed as `x * scale + shift` (see {@link
 * foldBatchNorm}). The statistics are constants and get no gradient.
 *
 * @param x - `[…, channels]`, of rank 1 or more
 * @returns a tensor of the shape of `x`
 * @throws CantripError SHAPE_MISMATCH unless every parameter is `[channels]`; OPTION_INVALID on an epsilon below 0
 * @example
 * ```ts
 * const statistics = { mean: tf.tensor1d([1]), variance: tf.tensor1d([4]), epsilon: 0 };
 * frozenBatchNorm(tf.tensor2d([[3], [5]]), statistics); // [[1], [2]]
 * ```
 * @see Ioffe and Szegedy, "Batch normalization", ICML 2015, section 3.1
 */
export function frozenBatchNorm(x: tf.Tensor, parameters: BatchNormParameters): tf.Tensor {
  parseOptions('frozenBatchNorm', v.object({ x: floatTensorSchema }), { x });
  checkParameters('frozenBatchNorm', parameters);
  const { mean, variance, gamma, beta } = parameters;
  const channels = x.shape.at(-1);
  for (const [name, parameter] of Object.entries({ mean, variance, gamma, beta })) {
    if (parameter !== undefined) checkShape(name, parameter, channels);
  }
  return tf.tidy(() => scaleAndShift(x, foldParameters(parameters), x.rank - 1));
}

function checkShape(name: string, { shape }: tf.Tensor, channels: number | undefined): void {
  if (shape.length === 1 && shape[0] === channels) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'frozenBatchNorm',
    what: `${name} must have the shape [${channels ?? 'channels'}] of the last axis of x, got [${shape.join(', ')}]`,
    fix: 'Pass one number for each channel, and x with the channels as the last axis',
  });
}
