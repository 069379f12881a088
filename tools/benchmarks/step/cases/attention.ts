import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/**
 * softmax(q k' / sqrt(d)) v over heads, of queries, keys and values of shape [batch, time, width], or of all three beside
 * each other in one tensor. tf.layers has no such layer, and a layer must be a class.
 */
export class Attention extends layers.Layer {
  static readonly className = 'Attention';
  readonly #heads: number;
  readonly #causal: boolean;

  constructor(heads: number, { causal = false }: { readonly causal?: boolean } = {}) {
    super({});
    this.#heads = heads;
    this.#causal = causal;
  }

  override computeOutputShape(shapes: (number | null)[] | (number | null)[][]): (number | null)[] {
    const [first] = shapes;
    return Array.isArray(first)
      ? first
      : ([...shapes.slice(0, -1), (shapes.at(-1) as number) / 3] as (number | null)[]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const given = [inputs].flat();
      const [batch, time, width] = partsShape(given);
      const size = width / this.#heads;
      const [query, key, value] =
        given.length === 3 ? given.map((x) => this.#split(x)) : this.#splitJoint(given[0]!);
      const scores = tf.mul(tf.matMul(query!, key!, false, true), 1 / Math.sqrt(size));
      const mixed = tf.matMul(tf.softmax(this.#causal ? tf.add(scores, later(time)) : scores), value!);
      return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, time, width]);
    });
  }

  #split(x: tf.Tensor): tf.Tensor {
    const [batch, time, width] = x.shape as [number, number, number];
    return tf.transpose(tf.reshape(x, [batch, time, this.#heads, width / this.#heads]), [0, 2, 1, 3]);
  }

  #splitJoint(x: tf.Tensor): tf.Tensor[] {
    const [batch, time, width] = partsShape([x]);
    const parts = tf.reshape(x, [batch, time, 3, this.#heads, width / this.#heads]);
    return tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4]));
  }
}

function partsShape(given: readonly tf.Tensor[]): [batch: number, time: number, width: number] {
  const [batch, time, width] = given[0]!.shape as [number, number, number];
  return [batch, time, given.length === 3 ? width : width / 3];
}

/** Nearly -Infinity, where a place would see a later one. */
export function later(time: number): tf.Tensor2D {
  const row = (at: number): number[] => Array.from({ length: time }, (_, column) => (column > at ? -1e9 : 0));
  return tf.tensor2d(Array.from({ length: time }, (_, at) => row(at)));
}
