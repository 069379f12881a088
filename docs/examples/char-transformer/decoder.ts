import { layerNorm } from '@cantrip/ops';
import type { ModelFunction } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** A decoder-only transformer (GPT-2, without dropout): indices `[batch, time]` to logits `[batch, time, vocabulary]`. */
export function decoder(vocabulary: number, time: number, width = 128, heads = 4, layers = 2): ModelFunction {
  const size = width / heads;
  const normal = (name: string, shape: number[]): tf.Variable =>
    tf.variable(tf.randomNormal(shape, 0, 0.02), true, name);
  const norm = (name: string): ((x: tf.Tensor) => tf.Tensor) => {
    const gamma = tf.variable(tf.ones([width]), true, `${name}/gamma`);
    const beta = tf.variable(tf.zeros([width]), true, `${name}/beta`);
    return (x) => layerNorm(x, { gamma, beta, epsilon: 1e-5 });
  };
  const dense = (name: string, from: number, to: number): ((x: tf.Tensor) => tf.Tensor) => {
    const kernel = normal(`${name}/kernel`, [from, to]);
    const bias = tf.variable(tf.zeros([to]), true, `${name}/bias`);
    return (x) => {
      const flat = tf.matMul(tf.reshape(x, [-1, from]), kernel as tf.Tensor2D);
      return tf.reshape(tf.add(flat, bias), [...x.shape.slice(0, -1), to]);
    };
  };
  /** Minus infinity, nearly, where a place would see a later one. */
  const later = Array.from({ length: time }, (_, row) =>
    Array.from({ length: time }, (_, column) => (column > row ? -1e9 : 0)),
  );
  const block = (name: string): ((x: tf.Tensor) => tf.Tensor) => {
    const [first, second] = [norm(`${name}/norm0`), norm(`${name}/norm1`)];
    const [joined, out] = [dense(`${name}/qkv`, width, 3 * width), dense(`${name}/project`, width, width)];
    const [widen, narrow] = [
      dense(`${name}/widen`, width, 4 * width),
      dense(`${name}/narrow`, 4 * width, width),
    ];
    const attend = (x: tf.Tensor): tf.Tensor => {
      const split = tf.transpose(tf.reshape(joined(x), [-1, time, 3, heads, size]), [2, 0, 3, 1, 4]);
      const [query, key, value] = tf.unstack(split) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size));
      const mixed = tf.matMul(tf.softmax(tf.add(scores, tf.tensor2d(later))), value);
      return out(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, time, width]));
    };
    return (x) => {
      const seen = tf.add(x, attend(first(x)));
      return tf.add(seen, narrow(tf.relu(widen(second(seen)))));
    };
  };
  const characters = normal('characters/embedding', [vocabulary, width]);
  const places = normal('places/embedding', [time, width]);
  const blocks = Array.from({ length: layers }, (_, layer) => block(`block${layer}`));
  const [last, head] = [norm('norm'), dense('head', width, vocabulary)];
  return (inputs) => {
    let x: tf.Tensor = tf.add(tf.gather(characters, inputs as tf.Tensor), places);
    for (const next of blocks) x = next(x);
    return head(last(x));
  };
}
