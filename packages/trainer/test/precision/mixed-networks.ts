import type { ModelFunction } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** A network of tools/golden/mixed_precision.py with its one batch. */
export interface MixedNetwork {
  readonly model: () => tfl.LayersModel | ModelFunction;
  readonly inputs: tf.Tensor;
  readonly classes: tf.Tensor;
}

/** Tensor `number`: the fractions of large sines, from -scale to scale. */
function scattered(number: number, shape: number[], scale = 1): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, position) => {
    const large = Math.sin(position * 12.9898 + number * 78.233) * 43758.5453;
    return ((large - Math.floor(large)) * 2 - 1) * scale;
  });
  return tf.tensor(values, shape);
}

const labels = (size: number): tf.Tensor =>
  tf.tensor1d(
    Array.from({ length: size }, (_, index) => (index * 7) % 10),
    'int32',
  );

const given = (...weights: tf.Tensor[]): { weights: tf.Tensor[] } => ({ weights });
const dense = (units: number, weight: tf.Tensor, options: object = {}): tfl.layers.Layer =>
  tfl.layers.dense({ units, ...given(weight, tf.zeros([units])), ...options });

function mlp(): MixedNetwork {
  const model = (): tfl.LayersModel =>
    tfl.sequential({
      layers: [
        dense(256, scattered(1, [256, 256], 0.1), { activation: 'relu', inputShape: [256] }),
        dense(256, scattered(2, [256, 256], 0.1), { activation: 'relu' }),
        dense(10, scattered(3, [256, 10], 0.1)),
      ],
    });
  return { model, inputs: scattered(0, [128, 256]), classes: labels(128) };
}

function convnet(): MixedNetwork {
  const block = (x: tf.Tensor | tfl.SymbolicTensor, kernel: tf.Tensor): tfl.SymbolicTensor => {
    const convolution = tfl.layers.conv2d({
      filters: 32,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      ...given(kernel),
    });
    const y = tfl.layers.batchNormalization({ epsilon: 1e-3 }).apply(convolution.apply(x));
    return tfl.layers.reLU().apply(y) as tfl.SymbolicTensor;
  };
  const model = (): tfl.LayersModel => {
    const inputs = tfl.input({ shape: [16, 16, 8] });
    const first = block(inputs, scattered(1, [3, 3, 8, 32], 0.2));
    const sum = tfl.layers.add().apply([first, block(first, scattered(2, [3, 3, 32, 32], 0.1))]);
    const pooled = tfl.layers.globalAveragePooling2d({}).apply(sum);
    const outputs = dense(10, scattered(3, [32, 10], 0.3)).apply(pooled) as tfl.SymbolicTensor;
    return tfl.model({ inputs, outputs });
  };
  return { model, inputs: scattered(0, [16, 16, 16, 8]), classes: labels(16) };
}

function lstm(): MixedNetwork {
  const model = (): tfl.LayersModel =>
    tfl.sequential({
      layers: [
        tfl.layers.lstm({
          units: 128,
          inputShape: [6, 64],
          recurrentActivation: 'sigmoid',
          ...given(scattered(1, [64, 512], 0.1), scattered(2, [128, 512], 0.1), tf.zeros([512])),
        }),
        dense(10, scattered(3, [128, 10], 0.2)),
      ],
    });
  return { model, inputs: scattered(0, [128, 6, 64]), classes: labels(128) };
}

function attention(): MixedNetwork {
  const model = (): ModelFunction => {
    const kernel = (name: string, number: number, shape: number[], scale: number): tf.Variable<tf.Rank.R2> =>
      tf.variable(scattered(number, shape, scale), true, name) as tf.Variable<tf.Rank.R2>;
    const [query, key, value, out] = ['query', 'key', 'value', 'out'].map((name, index) =>
      kernel(name, 1 + index, [64, 64], 0.15),
    ) as [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R2>];
    const wide = kernel('wide', 5, [64, 256], 0.1);
    const narrow = kernel('narrow', 6, [256, 64], 0.1);
    const head = kernel('head', 7, [64, 10], 0.2);
    const rows = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, x.shape.at(-1)!]);
    const heads = (x: tf.Tensor): tf.Tensor4D => tf.transpose(tf.reshape(x, [16, 64, 4, 16]), [0, 2, 1, 3]);
    return (given) => {
      const x = given as tf.Tensor3D;
      const [q, k, v] = [query, key, value].map((one) => heads(tf.matMul(rows(x), one)));
      const scores = tf.softmax(tf.mul(tf.matMul(q!, k!, false, true), 0.25));
      const mixed = rows(tf.reshape(tf.transpose(tf.matMul(scores, v!), [0, 2, 1, 3]), [16, 64, 64]));
      const y = tf.add(rows(x), tf.matMul(mixed, out));
      const z = tf.add(y, tf.matMul(tf.relu(tf.matMul(y as tf.Tensor2D, wide)), narrow));
      return tf.matMul(tf.mean(tf.reshape(z, [16, 64, 64]), 1) as tf.Tensor2D, head);
    };
  };
  return { model, inputs: scattered(0, [16, 64, 64]), classes: labels(16) };
}

export const mixedNetworks: Readonly<Record<'mlp' | 'convnet' | 'lstm' | 'attention', () => MixedNetwork>> = {
  mlp,
  convnet,
  lstm,
  attention,
};
