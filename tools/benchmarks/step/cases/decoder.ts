import * as core from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import { Attention } from './attention.ts';
import { apply } from './models.ts';

const VOCABULARY = 1000;
export const TIME = 64;
export const WIDTH = 128;
export const HEADS = 4;
export const LAYERS = 2;
const EPSILON = 1e-5;

/** Adds a trained row for each place of the sequence. */
class Places extends tf.layers.Layer {
  static readonly className = 'Places';

  override build(): void {
    this.addWeight('embeddings', [TIME, WIDTH], 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override call(inputs: core.Tensor | core.Tensor[]): core.Tensor {
    return core.add([inputs].flat()[0]!, this.weights[0]!.read());
  }
}

/** A decoder-only transformer (GPT-2, without dropout) that predicts the next of 1,000 words at every place. */
export function decoder(): tf.LayersModel {
  const inputs = tf.input({ shape: [TIME], dtype: 'int32' });
  const embedding = { name: 'words', inputDim: VOCABULARY, outputDim: WIDTH, inputLength: TIME };
  let x = apply(new Places({ name: 'places' }), apply(tf.layers.embedding(embedding), inputs));
  for (let layer = 0; layer < LAYERS; layer++) {
    const name = (part: string): string => `layer${layer}_${part}`;
    const joint = dense(name('qkv'), norm(name('norm0'), x), 3 * WIDTH);
    const mixed = apply(new Attention(HEADS, { causal: true }), joint);
    x = apply(tf.layers.add(), [x, dense(name('project'), mixed, WIDTH)]);
    const wide = dense(name('widen'), norm(name('norm1'), x), 4 * WIDTH, 'gelu');
    x = apply(tf.layers.add(), [x, dense(name('narrow'), wide, WIDTH)]);
  }
  return tf.model({ inputs, outputs: dense('logits', norm('norm', x), VOCABULARY) });
}

function dense(name: string, x: tf.SymbolicTensor, units: number, activation?: 'gelu'): tf.SymbolicTensor {
  return apply(tf.layers.dense({ name, units, ...(activation && { activation }) }), x);
}

function norm(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.layerNormalization({ name, epsilon: EPSILON }), x);
}
