import { CantripError, parseOptions, floatTensorSchema } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

/** The parameters of one batch normalisation, each of shape `[channels]`. */
export interface BatchNormParameters {
  /** The moving mean; a constant, never updated. */
  readonly mean: tf.Tensor;
  /** The moving variance, at least 0; a constant, never updated. */
  readonly variance: tf.Tensor;
  /** Scale; 1 by default. */
  readonly gamma?: tf.Tensor | undefined;
  /** Offset; 0 by default. */
  readonly beta?: tf.Tensor | undefined;
  /** Added to the variance; 1e-3 by default, as in TensorFlow.js (PyTorch: 1e-5). */
  readonly epsilon?: number | undefined;
}

/** A normalisation as one multiplication and one addition; both of shape `[channels]`. */
export type FoldedBatchNorm = {
  readonly scale: tf.Tensor;
  readonly shift: tf.Tensor;
};

/**
 * Folds a batch normalisation with given statistics into a scale and a shift, `y = x * scale + shift`.
 *
 * `scale = gamma / sqrt(variance + epsilon)`, `shift = beta - mean * scale`: arithmetic on one number a channel.
 *
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH
 * @example
 * ```ts
 * foldBatchNorm({ mean: tf.tensor1d([1]), variance: tf.tensor1d([4]), epsilon: 0 }); // scale [0.5], shift [-0.5]
 * ```
 */
export function foldBatchNorm(parameters: BatchNormParameters): FoldedBatchNorm {
  checkParameters('foldBatchNorm', parameters);
  checkChannels(parameters);
  return foldParameters(parameters);
}

const parametersSchema = v.strictObject({
  mean: floatTensorSchema,
  variance: floatTensorSchema,
  gamma: v.optional(floatTensorSchema),
  beta: v.optional(floatTensorSchema),
  epsilon: v.optional(
    v.custom<number>(
      (value) => Number.isFinite(value) && (value as number) >= 0,
      'must be a finite number of at least 0',
    ),
  ),
});

/** @throws CantripError OPTION_INVALID, which names the function `who` that the user called */
export function checkParameters(who: string, parameters: BatchNormParameters): void {
  parseOptions(who, parametersSchema, parameters);
}

/** The same as {@link foldBatchNorm}, for checked parameters. */
export function foldParameters(parameters: BatchNormParameters): FoldedBatchNorm {
  return tf.tidy(() => {
    const scale = foldScale(parameters);
    const moved = tf.mul(parameters.mean, scale);
    return { scale, shift: parameters.beta ? tf.sub(parameters.beta, moved) : tf.neg(moved) };
  });
}

/** `gamma / sqrt(variance + epsilon)`. */
export function foldScale({ variance, gamma, epsilon = 1e-3 }: BatchNormParameters): tf.Tensor {
  return tf.tidy(() => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    return gamma ? tf.mul(inverse, gamma) : inverse;
  });
}

/** `x * scale + shift` along one axis of x, whatever its rank. */
export function scaleAndShift(x: tf.Tensor, { scale, shift }: FoldedBatchNorm, axis: number): tf.Tensor {
  const along = alongAxis(x, axis);
  return tf.tidy(() => tf.add(tf.mul(x, along(scale)), along(shift)));
}

/** Reshapes one number a channel so that it broadcasts along that axis of x. */
export function alongAxis({ rank, shape }: tf.Tensor, axis: number): (parameter: tf.Tensor) => tf.Tensor {
  if (axis === rank - 1) return (parameter) => parameter;
  const fit = shape.map((size, at) => (at === axis ? size : 1));
  return (parameter) => tf.reshape(parameter, fit);
}

function checkChannels(parameters: BatchNormParameters): void {
  const { mean, variance, gamma, beta } = parameters;
  for (const [name, parameter] of Object.entries({ mean, variance, gamma, beta })) {
    if (!parameter || (parameter.rank === 1 && parameter.size === mean.size)) continue;
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'foldBatchNorm',
      what: `${name} must have shape [channels], as mean has, got [${parameter.shape.join(', ')}] beside [${mean.shape.join(', ')}]`,
      fix: 'Pass one number for each channel',
    });
  }
}
