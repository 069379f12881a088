import * as tf from '@tensorflow/tfjs-core';

/** Maps a position outside an axis of this size to a position inside, as TensorFlow does. */
export function mapPlace(place: tf.Tensor, size: number, mode: tf.TransformAttrs['fillMode']): tf.Tensor {
  const last = size - 1;
  if (mode === 'constant') return place;
  if (mode === 'nearest' || size <= 1) return tf.clipByValue(place, 0, last);
  const below = tf.less(place, 0);
  const above = tf.greater(place, last);
  const [low, high] = mode === 'wrap' ? wrapped(place, size) : reflected(place, size);
  return tf.clipByValue(tf.where(below, low, tf.where(above, high, place)), 0, last);
}

type Ends = readonly [below: tf.Tensor, above: tf.Tensor];

/** Treats [abcd] as [abcd|abcd|abcd]. */
function wrapped(place: tf.Tensor, size: number): Ends {
  const last = size - 1;
  return [
    tf.add(place, tf.mul(tf.add(whole(tf.div(tf.neg(place), last)), 1), size)),
    tf.sub(place, tf.mul(whole(tf.div(place, last)), size)),
  ];
}

/** Treats [abcd] as [dcba|abcd|dcba]. */
function reflected(place: tf.Tensor, size: number): Ends {
  const twice = 2 * size;
  const lifted = tf.add(place, tf.mul(whole(tf.div(tf.neg(place), twice)), twice));
  const lowered = tf.sub(place, tf.mul(whole(tf.div(place, twice)), twice));
  return [
    tf.where(tf.less(lifted, -size), tf.add(lifted, twice), tf.sub(-1, lifted)),
    tf.where(tf.greaterEqual(lowered, size), tf.sub(twice - 1, lowered), lowered),
  ];
}

/** The integer part. */
const whole = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sign(x), tf.floor(tf.abs(x)));
