import { type Check, checkArgument, floatTensorSchema, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

/** The weights of one block. */
export interface SqueezeExciteWeights {
  /** float32 `[channels, latent]` */
  readonly squeeze: tf.Tensor;
  /** float32 `[latent, channels]` */
  readonly excite: tf.Tensor;
}

const schema = v.strictObject({ squeeze: floatTensorSchema, excite: floatTensorSchema });

/**
 * Scales each channel of images by a number in (0, 1), which a small network computes from the means of all channels:
 * `y = x * sigmoid(relu(mean(x) · squeeze) · excite)`.
 *
 * @param x - float32 `[batch, height, width, channels]`
 * @returns a tensor of the same shape, which the caller disposes
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * // Weights of zeros give sigmoid(0), which halves everything.
 * squeezeAndExcite(x, { squeeze: tf.zeros([8, 2]), excite: tf.zeros([2, 8]) });
 * ```
 * @see Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018
 */
export function squeezeAndExcite(x: tf.Tensor4D, weights: SqueezeExciteWeights): tf.Tensor4D {
  parseOptions('squeezeAndExcite', v.object({ x: floatTensorSchema }), { x });
  const isImages: Check<unknown> = (value) =>
    (value as tf.Tensor).rank === 4 ? undefined : 'must be of shape [batch, height, width, channels]';
  checkArgument('squeezeAndExcite', 'x', isImages, x);
  const { squeeze, excite } = parseOptions('squeezeAndExcite', schema, weights) as unknown as {
    readonly squeeze: tf.Tensor2D;
    readonly excite: tf.Tensor2D;
  };
  const channels = x.shape[3];
  requireShape('squeeze', squeeze, [channels, squeeze.shape[1]]);
  requireShape('excite', excite, [squeeze.shape[1], channels]);
  return tf.tidy(() => {
    const means: tf.Tensor2D = tf.mean(x, [1, 2]);
    const shares = tf.sigmoid(tf.matMul(tf.relu(tf.matMul(means, squeeze)), excite));
    return tf.mul(x, tf.reshape(shares, [-1, 1, 1, channels]));
  });
}

function requireShape(name: string, tensor: tf.Tensor, wanted: readonly (number | undefined)[]): void {
  const fits = tensor.rank === 2 && wanted.every((size, axis) => tensor.shape[axis] === size);
  checkArgument(
    'squeezeAndExcite',
    name,
    () => (fits ? undefined : `must be of shape [${wanted.map((size) => size ?? 'latent').join(', ')}]`),
    tensor,
  );
}
