import * as tf from '@tensorflow/tfjs-layers';
import { Attention } from './attention.ts';
import { apply, classifier, convBn, relu } from './models.ts';

/** Four stages of bottlenecks, 3, 4, 6 and 3; the stride is in the middle convolution. */
export function resnet50(side = 224): tf.LayersModel {
  const inputs = tf.input({ shape: [side, side, 3] });
  const stem = relu(convBn('stem', inputs, { filters: 64, kernelSize: 7, strides: 2 }));
  let x = apply(tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), stem);
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const filters = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const name = `stage${stage}_block${block}`;
      const reduced = relu(convBn(`${name}_reduce`, x, { filters, kernelSize: 1 }));
      const inner = relu(convBn(`${name}_inner`, reduced, { filters, strides }));
      const expanded = convBn(`${name}_expand`, inner, { filters: 4 * filters, kernelSize: 1 });
      const projection = { filters: 4 * filters, strides, kernelSize: 1 };
      const shortcut = block === 0 ? convBn(`${name}_shortcut`, x, projection) : x;
      x = relu(apply(tf.layers.add(), [expanded, shortcut]));
    }
  }
  return classifier(inputs, apply(tf.layers.globalAveragePooling2d({}), x));
}

const WIDTH = 512;
const HEADS = 8;

/** Twelve layers of attention and GELU, normalised before; the mean over time is classified. */
export function transformer(): tf.LayersModel {
  const inputs = tf.input({ shape: [128, 64] });
  let x = dense('embed', inputs, WIDTH);
  for (let layer = 0; layer < 12; layer++) {
    const name = (part: string): string => `layer${layer}_${part}`;
    const normal = norm(name('norm0'), x);
    const heads = ['query', 'key', 'value'].map((part) => dense(name(part), normal, WIDTH));
    const mixed = dense(name('project'), apply(new Attention(HEADS), heads), WIDTH);
    x = apply(tf.layers.add(), [x, mixed]);
    const wide = dense(name('widen'), norm(name('norm1'), x), 4 * WIDTH, 'gelu');
    x = apply(tf.layers.add(), [x, dense(name('narrow'), wide, WIDTH)]);
  }
  return classifier(inputs, apply(tf.layers.globalAveragePooling1d({}), norm('norm', x)));
}

function dense(name: string, x: tf.SymbolicTensor, units: number, activation?: 'gelu'): tf.SymbolicTensor {
  return apply(tf.layers.dense({ name, units, ...(activation && { activation }) }), x);
}

function norm(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.layerNormalization({ name, epsilon: 1e-5 }), x);
}
