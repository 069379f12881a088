import * as tf from '@tensorflow/tfjs-core';

type Shape4D = tf.Tensor4D['shape'];

/** Places in images, `[batch or 1, places]` each: whole numbers as float32. */
export interface Places {
  readonly rows: tf.Tensor;
  readonly columns: tf.Tensor;
}

/**
 * Pixels of images at places: `[batch, places, channels]`, `fill` where there is no pixel.
 *
 * @param images - `[batch, height, width, channels]`
 */
export function pixelsAt(images: tf.Tensor4D, places: Places, fill = 0): tf.Tensor {
  const { index, inside } = located(images.shape, places);
  const pixels = tf.gather(tf.reshape(images, [-1, images.shape[3]]), index);
  const kept = tf.mul(pixels, inside);
  return fill === 0 ? kept : tf.add(kept, tf.mul(tf.sub(1, inside), fill));
}

/** What flows back to images of this shape from {@link pixelsAt}. */
export function pixelsBack(dy: tf.Tensor, shape: Shape4D, places: Places): tf.Tensor {
  const { index, inside } = located(shape, places);
  const [batch, height, width, channels] = shape;
  const sums = tf.unsortedSegmentSum(
    tf.reshape(tf.mul(dy, inside), [-1, channels]),
    tf.reshape(index, [-1]) as tf.Tensor1D,
    batch * height * width,
  );
  return tf.reshape(sums, shape);
}

/** The number of each place in all images, 0 where there is none; and 1 where there is one, as `[…, places, 1]`. */
function located(
  [batch, height, width]: Shape4D,
  { rows, columns }: Places,
): { readonly index: tf.Tensor2D; readonly inside: tf.Tensor } {
  const inside = tf.logicalAnd(within(rows, height), within(columns, width));
  const place = tf.add(tf.mul(rows, width), columns);
  // In float32, which counts whole numbers to 16,777,216: an image has fewer pixels, a batch may have more.
  const inImage = tf.cast(tf.where(inside, place, tf.zerosLike(place)), 'int32');
  const first = tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(height * width, 'int32'));
  return {
    index: tf.add(inImage, tf.reshape(first, [batch, 1])),
    inside: tf.expandDims(tf.cast(inside, 'float32'), 2),
  };
}

function within(place: tf.Tensor, size: number): tf.Tensor {
  return tf.logicalAnd(tf.greaterEqual(place, 0), tf.less(place, size));
}
