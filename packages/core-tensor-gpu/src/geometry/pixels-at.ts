import * as tf from '@tensorflow/tfjs-core';

type Shape4D = tf.Tensor4D['shape'];

/** Pixel positions in images, `[batch or 1, places]` each: integers as float32. */
export interface Places {
  readonly rows: tf.Tensor;
  readonly columns: tf.Tensor;
}

/**
 * The pixels of images at given positions: `[batch, places, channels]`, or `fill` outside the image.
 *
 * @param images - `[batch, height, width, channels]`
 */
export function pixelsAt(images: tf.Tensor4D, places: Places, fill = 0): tf.Tensor {
  const { index, inside } = located(images.shape, places);
  const pixels = tf.gather(tf.reshape(images, [-1, images.shape[3]]), index);
  const kept = tf.mul(pixels, inside);
  return fill === 0 ? kept : tf.add(kept, tf.mul(tf.sub(1, inside), fill));
}

/** The gradient of {@link pixelsAt} with respect to images of this shape. */
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

/**
 * The index of each position among all pixels of all images, 0 if it is outside. Also a mask `[…, places, 1]`: 1 if
 * it is inside.
 */
function located(
  [batch, height, width]: Shape4D,
  { rows, columns }: Places,
): { readonly index: tf.Tensor2D; readonly inside: tf.Tensor } {
  const inside = tf.logicalAnd(within(rows, height), within(columns, width));
  const place = tf.add(tf.mul(rows, width), columns);
  // Computed in float32, which has exact integers up to 16,777,216. An image has fewer pixels, but a batch may have
  // more.
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
