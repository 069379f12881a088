import * as tf from '@tensorflow/tfjs-layers';
import { Attention } from './attention.ts';
import { apply, classifier, convBn, depthwiseBn, relu } from './models.ts';

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

/** Repeats, depthwise kernel, strides, expansion and channels of each stage. */
const LITE0 = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

/** EfficientNet-Lite0: inverted residual blocks with ReLU6 and without squeeze-and-excitation; here without dropout. */
export function efficientNetLite0(): tf.LayersModel {
  const inputs = tf.input({ shape: [224, 224, 3] });
  let x = relu6(convBn('stem', inputs, { filters: 32, strides: 2 }));
  let channels = 32;
  for (const [stage, [repeats, kernelSize, first, expansion, filters]] of LITE0.entries()) {
    for (let block = 0; block < repeats; block++) {
      const strides = block === 0 ? first : 1;
      const name = `stage${stage}_block${block}`;
      const expanding = { filters: expansion * channels, kernelSize: 1 };
      const wide = expansion === 1 ? x : relu6(convBn(`${name}_expand`, x, expanding));
      const filtered = relu6(depthwiseBn(`${name}_depthwise`, wide, { kernelSize, strides }));
      const projected = convBn(`${name}_project`, filtered, { filters, kernelSize: 1 });
      x = strides === 1 && channels === filters ? apply(tf.layers.add(), [projected, x]) : projected;
      channels = filters;
    }
  }
  const features = relu6(convBn('head', x, { filters: 1280, kernelSize: 1 }));
  return classifier(inputs, apply(tf.layers.globalAveragePooling2d({}), features));
}

function relu6(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.activation({ activation: 'relu6' }), x);
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
