import {
  atLeast,
  atMost,
  CantripError,
  checkArgument,
  integerIn,
  oneOf,
  optional,
  readOptions,
  tensorCheck,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

export interface ResizeImagesOptions {
  /** Rows of the result. */
  readonly height: number;
  /** Columns of the result. */
  readonly width: number;
  /** `bilinear` (the default) or `nearest`, both as PyTorch's `interpolate`. */
  readonly interpolation?: 'bilinear' | 'nearest' | undefined;
}

const pixels = integerIn(atLeast(1), atMost(2 ** 24));
const checks = {
  height: pixels,
  width: pixels,
  interpolation: optional(oneOf('bilinear', 'nearest'), 'bilinear'),
};

/**
 * Resizes images, without smoothing before.
 *
 * `bilinear` reads the place `(y + 0.5) * before / after - 0.5` between pixels, and `nearest` the pixel
 * `floor(y * before / after)`. Images that have the size already are returned as a copy.
 *
 * @param images - `[batch, height, width, channels]`; float32 for `bilinear`
 * @returns `[batch, height, width, channels]` of the same dtype, which the caller must dispose
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH, DTYPE_MISMATCH
 * @example
 * ```ts
 * resizeImages(tf.tensor4d([1, 3, 5, 7], [1, 2, 2, 1]), { height: 1, width: 1 }); // 4, the mean
 * ```
 */
export function resizeImages(images: tf.Tensor4D, options: ResizeImagesOptions): tf.Tensor4D {
  checkArgument('resizeImages', 'images', tensorCheck, images);
  requireImages('resizeImages', images);
  const { height, width, interpolation } = readOptions('resizeImages', checks, options);
  if (interpolation === 'bilinear' && images.dtype !== 'float32')
    throw notFloat('resizeImages', images.dtype);
  if (images.shape[1] === height && images.shape[2] === width) return tf.clone(images);
  const size: [number, number] = [height, width];
  if (interpolation === 'bilinear') return tf.image.resizeBilinear(images, size, false, true);
  return tf.tidy(() => tf.cast(tf.image.resizeNearestNeighbor(images, size), images.dtype));
}

/** @throws CantripError SHAPE_MISMATCH */
export function requireImages(who: string, images: tf.Tensor): asserts images is tf.Tensor4D {
  if (images.rank === 4) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `needs images [batch, height, width, channels], got shape [${(images as tf.Tensor).shape.join(', ')}]`,
    fix: who === 'resizeImages' ? 'Pass images' : 'Give images as the only inputs, or remove this plugin',
  });
}

function notFloat(who: string, dtype: string): CantripError {
  return new CantripError('DTYPE_MISMATCH', {
    who,
    what: `bilinear interpolation needs float32 images, got ${dtype}`,
    fix: "Give the images as float32, or set interpolation to 'nearest'",
  });
}
