import { type Check, checkArgument, floatTensorSchema, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

const isImages: Check<unknown> = (value) =>
  (value as tf.Tensor).rank === 4 ? undefined : 'must be of shape [batch, height, width, channels]';

const strideSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(65_536));
const stridesSchema = v.tuple([strideSchema, strideSchema]);

/**
 * Blurs images with the filter 1 2 1 along both axes, and keeps every so many rows and columns. Zeros surround the image.
 *
 * @param x - float32 `[batch, height, width, channels]`
 * @param strides - along height and width; `[1, 1]` by default, which keeps the size
 * @returns `[batch, ceil(height / strides[0]), ceil(width / strides[1]), channels]`, which the caller disposes
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * blur(tf.ones([1, 3, 3, 1])); // 1 in the middle, 0.75 at edges, 0.5625 in corners
 * ```
 * @see Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019
 */
export function blur(x: tf.Tensor4D, strides: readonly [number, number] = [1, 1]): tf.Tensor4D {
  parseOptions('blur', v.object({ x: floatTensorSchema }), { x });
  checkArgument('blur', 'x', isImages, x);
  parseOptions('blur', v.object({ strides: stridesSchema }), { strides });
  return blurred(x, strides);
}

const row = [1, 2, 1];

/** Without checks, for a layer. */
export const blurred = (x: tf.Tensor4D, strides: readonly [number, number]): tf.Tensor4D =>
  tf.tidy(() => {
    const plane = row.map((down) => row.map((across) => (down * across) / 16));
    const filter = plane.map((line) =>
      line.map((share) => Array.from({ length: x.shape[3] }, () => [share])),
    );
    const padded = tf.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    // TensorFlow takes only equal strides here.
    const [down, across] = strides;
    if (down === across) return tf.depthwiseConv2d(padded, tf.tensor4d(filter), down, 'valid');
    const full = tf.depthwiseConv2d(padded, tf.tensor4d(filter), 1, 'valid');
    return tf.stridedSlice(full, [0, 0, 0, 0], full.shape, [1, down, across, 1]) as tf.Tensor4D;
  });
