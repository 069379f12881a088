import { CantripError, checkArgument, floatTensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Fills boxes of images, the last box on top.
 *
 * @param images - float32 `[batch, height, width, channels]`
 * @param boxes - float32 `[batch, boxes, 4]`: top, left, height and width in pixels; a height of 0 is no box
 * @param fill - float32 `[batch, boxes, rows, columns, channels]`, where each size may be 1 for all
 * @returns float32 in the shape of the images, which the caller must dispose
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH
 * @example
 * ```ts
 * eraseBoxes(tf.ones([1, 2, 2, 1]), tf.tensor3d([[[0, 1, 2, 1]]]), tf.zeros([1, 1, 1, 1, 1])); // rows 1, 0
 * ```
 * @see Zhong et al., Random erasing data augmentation, https://arxiv.org/abs/1708.04896
 */
export function eraseBoxes(images: tf.Tensor4D, boxes: tf.Tensor3D, fill: tf.Tensor5D): tf.Tensor4D {
  for (const [name, one] of Object.entries({ images, boxes, fill }))
    checkArgument('eraseBoxes', name, floatTensorCheck, one);
  requireShapes(images, boxes, fill);
  const [, height, width] = images.shape;
  return tf.tidy(() => {
    const fills = tf.unstack(tf.tile(fill, [1, fill.shape[1] === 1 ? boxes.shape[1] : 1, 1, 1, 1]), 1);
    return tf.unstack(boxes, 1).reduce((before, box, at) => {
      const [top, left, rows, columns] = tf.unstack(box, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const inRows = tf.reshape(within(height, top, rows), [-1, height, 1, 1]);
      const inColumns = tf.reshape(within(width, left, columns), [-1, 1, width, 1]);
      const inside = tf.mul(inRows, inColumns);
      return tf.add(tf.mul(before, tf.sub(1, inside)), tf.mul(fills[at]!, inside));
    }, images as tf.Tensor) as tf.Tensor4D;
  });
}

/** 1 for each line of a box and 0 elsewhere, `[batch, lines]`. */
function within(lines: number, from: tf.Tensor, length: tf.Tensor): tf.Tensor {
  const at = tf.reshape(tf.range(0, lines), [1, lines]);
  const first = tf.reshape(from, [-1, 1]);
  const end = tf.add(first, tf.reshape(length, [-1, 1]));
  return tf.cast(tf.logicalAnd(tf.greaterEqual(at, first), tf.less(at, end)), 'float32');
}

function requireShapes(images: tf.Tensor, boxes: tf.Tensor, fill: tf.Tensor): void {
  const [batch, ...rest] = images.shape;
  const fitsOne = fill.shape.length === 5 && images.shape.length === 4 && boxes.shape.length === 3;
  const wanted = [batch, boxes.shape[1], ...rest];
  if (
    fitsOne &&
    boxes.shape[0] === batch &&
    boxes.shape[2] === 4 &&
    fill.shape.every((size, axis) => size === 1 || size === wanted[axis])
  )
    return;
  const said = (one: tf.Tensor): string => `[${one.shape.join(', ')}]`;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'eraseBoxes',
    what: `images, boxes and fill must be [batch, height, width, channels], [batch, boxes, 4] and [batch, boxes, rows, columns, channels], got ${said(images)}, ${said(boxes)} and ${said(fill)}`,
    fix: 'Pass tensors of these shapes',
  });
}
