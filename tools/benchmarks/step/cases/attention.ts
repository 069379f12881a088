import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/**
 * softmax(q k' / sqrt(d)) v over heads, of queries, keys and values of shape [batch, time, width]. tf.layers has no such
 * layer, and a layer must be a class.
 */
export class Attention extends layers.Layer {
  static readonly className = 'Attention';
  readonly #heads: number;

  constructor(heads: number) {
    super({});
    this.#heads = heads;
  }

  override computeOutputShape(shapes: (number | null)[][]): (number | null)[] {
    return shapes[0]!;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [query, key, value] = [inputs].flat() as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
      const [batch, time, width] = query.shape;
      const size = width / this.#heads;
      const split = (x: tf.Tensor): tf.Tensor4D =>
        tf.transpose(tf.reshape(x, [batch, time, this.#heads, size]), [0, 2, 1, 3]);
      const scores = tf.mul(tf.matMul(split(query), split(key), false, true), 1 / Math.sqrt(size));
      const mixed = tf.matMul(tf.softmax(scores), split(value));
      return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, time, width]);
    });
  }
}
