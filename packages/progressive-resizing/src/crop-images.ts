import type { RandomTensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** Where a window is, as shares of all places in [0, 1). */
export type Place = readonly [down: tf.Scalar, across: tf.Scalar];

/** The place of a window, each one equally likely. */
export const placeAtRandom = (random: Pick<RandomTensors, 'uniform'>): Place =>
  tf.unstack(random.uniform([2])) as [tf.Scalar, tf.Scalar];

/** Cuts the window at this place out of all images of a batch. */
export function crop(
  images: tf.Tensor4D,
  { height, width }: Readonly<Record<'height' | 'width', number>>,
  [y, x]: Place,
): tf.Tensor4D {
  return tf.tidy(() => {
    const rows = tf.gather(images, window(images.shape[1], height, y), 1);
    return tf.gather(rows, window(images.shape[2], width, x), 2) as tf.Tensor4D;
  });
}

/** The indices of the lines in the window. */
function window(before: number, after: number, place: tf.Scalar): tf.Tensor1D {
  const places = before - after + 1;
  // A number close to 1 times the places may be rounded up to them.
  const first = tf.minimum(tf.floor(tf.mul(place, places)), places - 1);
  return tf.cast(tf.add(tf.range(0, after), first), 'int32') as tf.Tensor1D;
}
