import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

/** The parameters of one batch normalisation, each of shape `[channels]`. */
export interface BatchNormParameters {
  /** The moving mean: a constant here, it gets no update. */
  readonly mean: tf.Tensor;
  /** The moving variance, not negative: a constant likewise. */
  readonly variance: tf.Tensor;
  /** Scale; 1 by default. */
  readonly gamma?: tf.Tensor | undefined;
  /** Offset; 0 by default. */
  readonly beta?: tf.Tensor | undefined;
  /** Added to the variance; 1e-3 by default, as in TensorFlow.js (PyTorch: 1e-5). */
  readonly epsilon?: number | undefined;
}

/**
 * Batch normalisation with given statistics instead of those of the batch: for models that are functions.
 *
 * `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, so that `dy/dx` holds no term from the statistics.
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
  const { mean, variance, gamma, beta, epsilon = 1e-3 } = parameters;
  if (!(epsilon >= 0 && epsilon < Infinity)) throw epsilonInvalid(epsilon);
  const channels = x.shape.at(-1);
  for (const [name, parameter] of Object.entries({ mean, variance, gamma, beta })) {
    if (parameter !== undefined) checkShape(name, parameter, channels);
  }
  return tf.tidy(() => {
    const scale = tf.rsqrt(tf.add(variance, epsilon));
    const scaled = tf.mul(tf.sub(x, mean), gamma ? tf.mul(scale, gamma) : scale);
    return beta ? tf.add(scaled, beta) : scaled;
  });
}

function checkShape(name: string, { shape }: tf.Tensor, channels: number | undefined): void {
  if (shape.length === 1 && shape[0] === channels) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'frozenBatchNorm',
    what: `${name} must have the shape [${channels ?? 'channels'}] of the last axis of x, got [${shape.join(', ')}]`,
    fix: 'Give one number a channel, and x with its channels last',
  });
}

function epsilonInvalid(epsilon: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'frozenBatchNorm',
    what: `epsilon must be a finite number that is not negative, got ${String(epsilon)}`,
    fix: 'Leave it out for 1e-3',
  });
}
