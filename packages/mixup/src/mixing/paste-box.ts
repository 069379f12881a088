import { CantripError, checkArgument, floatScalarCheck, floatTensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Box } from './cut-box.ts';
import { blend } from './mix-examples.ts';
import { checkPartners } from './partners.ts';

/**
 * Pastes a box of each image's partner into the image.
 *
 * @param images - float32 `[batch, height, width, channels]`
 * @param partners - int32 `[batch]`: for each image the row that the box is taken from
 * @param box - from `cutBox`
 * @returns float32 in the shape of the images, which the caller must dispose
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH
 * @example
 * ```ts
 * const box = cutBox({ height: 8, width: 8, share: 0.75, y: 0.5, x: 0.5 });
 * pasteBox(images, partners, box); // a quarter of each image comes from its partner
 * ```
 */
export function pasteBox(images: tf.Tensor4D, partners: tf.Tensor, box: Box): tf.Tensor4D {
  checkArgument('pasteBox', 'images', floatTensorCheck, images);
  if (images.rank !== 4) throw noImages('pasteBox', images.shape);
  checkPartners('pasteBox', partners, images);
  for (const edge of ['top', 'bottom', 'left', 'right'] as const)
    checkArgument('pasteBox', `box.${edge}`, floatScalarCheck, (box as Partial<Box> | undefined)?.[edge]);
  return tf.tidy(() => blend(images, partners, outside(box, images.shape)) as tf.Tensor4D);
}

/** 0 in the box and 1 outside it, `[1, height, width, 1]`. */
export function outside({ top, bottom, left, right }: Box, shape: readonly number[]): tf.Tensor {
  const between = (length: number, from: tf.Scalar, to: tf.Scalar): tf.Tensor => {
    const at = tf.range(0, length);
    return tf.cast(tf.logicalAnd(tf.greaterEqual(at, from), tf.less(at, to)), 'float32');
  };
  const [, height, width] = shape as [number, number, number];
  const rows = tf.reshape(between(height, top, bottom), [1, height, 1, 1]);
  const columns = tf.reshape(between(width, left, right), [1, 1, width, 1]);
  return tf.sub(1, tf.mul(rows, columns));
}

export function noImages(who: string, shape: readonly number[]): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who,
    what: `CutMix needs images [batch, height, width, channels], got shape [${shape.join(', ')}]`,
    fix: who === 'mixup' ? 'Set cutmixAlpha to 0, or give images as the only inputs' : 'Pass images',
  });
}
