import { CantripError, checkArgument, floatTensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Box } from './cut-box.ts';
import { blend } from './mix-examples.ts';
import { checkPartners } from './partners.ts';
import { type OneOrEach, oneOrEachCheck } from './share.ts';

/**
 * Pastes a box of each image's partner into the image.
 *
 * @param images - float32 `[batch, height, width, channels]`
 * @param partners - int32 `[batch]`: for each image the row that the box is taken from
 * @param box - from `cutBox`: one for all images, or one for each
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
    checkArgument('pasteBox', `box.${edge}`, oneOrEachCheck, (box as Partial<Box> | undefined)?.[edge]);
  const each = [box.top, box.bottom, box.left, box.right].find(
    ({ rank, size }) => rank === 1 && size !== images.shape[0],
  );
  if (each) throw notEach(each, images);
  return tf.tidy(() => blend(images, partners, outside(box, images.shape)) as tf.Tensor4D);
}

const notEach = ({ shape }: tf.Tensor, images: tf.Tensor): CantripError =>
  new CantripError('SHAPE_MISMATCH', {
    who: 'pasteBox',
    what: `box must be one for all images, or one for each of the ${images.shape[0]!}, got shape [${shape.join(', ')}]`,
    fix: 'Call cutBox with one number for each image',
  });

/** 0 in the box and 1 outside it, `[1, height, width, 1]`, or `[batch, height, width, 1]` for a box in each image. */
export function outside({ top, bottom, left, right }: Box, shape: readonly number[]): tf.Tensor {
  const between = (length: number, from: OneOrEach, to: OneOrEach): tf.Tensor => {
    const at = tf.range(0, length);
    const [first, end] = [from, to].map((edge) => tf.reshape(edge, [-1, 1]));
    return tf.cast(tf.logicalAnd(tf.greaterEqual(at, first!), tf.less(at, end!)), 'float32');
  };
  const [, height, width] = shape as [number, number, number];
  const rows = tf.reshape(between(height, top, bottom), [-1, height, 1, 1]);
  const columns = tf.reshape(between(width, left, right), [-1, 1, width, 1]);
  return tf.sub(1, tf.mul(rows, columns));
}

export function noImages(who: string, shape: readonly number[]): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who,
    what: `CutMix needs images [batch, height, width, channels], got shape [${shape.join(', ')}]`,
    fix: who === 'mixup' ? 'Set cutmixAlpha to 0, or give images as the only inputs' : 'Pass images',
  });
}
