import { gelu, layerNorm } from '@cantrip/ops';
import type { ModelFunction } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { HEADS, LAYERS, TIME, WIDTH } from './decoder.ts';
import { later } from './attention.ts';

type Next = (x: tf.Tensor) => tf.Tensor;

/** The network of decoder.ts as a function of ops, with the weights of these names. */
export function decoderFunction(weightOf: (name: string) => tf.Tensor): ModelFunction {
  const variable = (name: string): tf.Variable => tf.variable(weightOf(name), true, name);
  const norm = (name: string): Next => {
    const [gamma, beta] = [variable(`${name}/gamma`), variable(`${name}/beta`)];
    return (x) => layerNorm(x, { gamma, beta, epsilon: 1e-5 });
  };
  const dense = (name: string): Next => {
    const [kernel, bias] = [variable(`${name}/kernel`) as tf.Variable<tf.Rank.R2>, variable(`${name}/bias`)];
    const [from, to] = kernel.shape;
    return (x) => {
      const flat = tf.matMul(tf.reshape(x, [-1, from]), kernel);
      return tf.reshape(tf.add(flat, bias), [...x.shape.slice(0, -1), to]);
    };
  };
  const block = (name: string): Next => {
    const [first, joint, project] = [norm(`${name}_norm0`), dense(`${name}_qkv`), dense(`${name}_project`)];
    const [second, widen, narrow] = [norm(`${name}_norm1`), dense(`${name}_widen`), dense(`${name}_narrow`)];
    return (x) => {
      const seen = tf.add(x, project(attention(joint(first(x)))));
      return tf.add(seen, narrow(gelu(widen(second(seen)))));
    };
  };
  const [words, places] = [variable('words/embeddings'), variable('places/embeddings')];
  const blocks = Array.from({ length: LAYERS }, (_, layer) => block(`layer${layer}`));
  const [last, logits] = [norm('norm'), dense('logits')];
  return (inputs) => {
    let x: tf.Tensor = tf.add(tf.gather(words, inputs as tf.Tensor), places);
    for (const next of blocks) x = next(x);
    return logits(last(x));
  };
}

function attention(joint: tf.Tensor): tf.Tensor {
  const size = WIDTH / HEADS;
  const split = tf.transpose(tf.reshape(joint, [-1, TIME, 3, HEADS, size]), [2, 0, 3, 1, 4]);
  const [query, key, value] = tf.unstack(split) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size));
  const mixed = tf.matMul(tf.softmax(tf.add(scores, later(TIME))), value);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, TIME, WIDTH]);
}
