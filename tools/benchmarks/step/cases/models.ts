import * as tf from '@tensorflow/tfjs-layers';

// The networks as a user of tf.layers writes them. Layers bear names, by which the peers find their weights.

/** Three stages of three residual blocks, 16, 32 and 64 filters (He et al. 2015). */
export function resnet20(): tf.LayersModel {
  const inputs = tf.input({ shape: [28, 28, 1] });
  let x = relu(convBn('stem', inputs, { filters: 16 }));
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const name = `stage${stage}_block${block}`;
      const inner = relu(convBn(`${name}_inner`, x, { filters, strides }));
      const outer = convBn(`${name}_outer`, inner, { filters });
      const shortcut = strides === 1 ? x : convBn(`${name}_shortcut`, x, { filters, strides, kernelSize: 1 });
      x = relu(apply(tf.layers.add(), [outer, shortcut]));
    }
  }
  return classifier(inputs, apply(tf.layers.globalAveragePooling2d({}), x));
}

/** Two convolutions with pooling: Keras's own example of a network for MNIST, without its dropout. */
export function smallCnn(): tf.LayersModel {
  const inputs = tf.input({ shape: [28, 28, 1] });
  let x = inputs;
  for (const [i, filters] of [32, 64].entries()) {
    const convolution = tf.layers.conv2d({ name: `conv${i}`, filters, kernelSize: 3, activation: 'relu' });
    x = apply(tf.layers.maxPooling2d({ poolSize: 2 }), apply(convolution, x));
  }
  return classifier(inputs, apply(tf.layers.flatten(), x));
}

/** One hidden layer of 256 units. */
export function mlp(): tf.LayersModel {
  const inputs = tf.input({ shape: [784] });
  const hidden = tf.layers.dense({ name: 'hidden', units: 256, activation: 'relu' });
  return classifier(inputs, apply(hidden, inputs));
}

/** Depthwise and pointwise convolutions in turns, each with batch norm and ReLU (Howard et al. 2017). */
export function mobilenet(): tf.LayersModel {
  const inputs = tf.input({ shape: [32, 32, 3] });
  let x = relu(convBn('stem', inputs, { filters: 32 }));
  const blocks = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
  ] as const;
  for (const [i, [filters, strides]] of blocks.entries()) {
    x = relu(depthwiseBn(`block${i}_depthwise`, x, { strides }));
    x = relu(convBn(`block${i}_pointwise`, x, { filters, kernelSize: 1 }));
  }
  return classifier(inputs, apply(tf.layers.globalAveragePooling2d({}), x));
}

interface Convolution {
  readonly filters: number;
  readonly strides?: number;
  readonly kernelSize?: number;
}

export function convBn(
  name: string,
  x: tf.SymbolicTensor,
  { filters, strides = 1, kernelSize = 3 }: Convolution,
): tf.SymbolicTensor {
  const convolution = tf.layers.conv2d({
    name: `${name}_conv`,
    filters,
    kernelSize,
    strides,
    padding: 'same',
    useBias: false,
  });
  return batchNorm(name, apply(convolution, x));
}

export function depthwiseBn(
  name: string,
  x: tf.SymbolicTensor,
  { kernelSize = 3, strides }: { readonly kernelSize?: number; readonly strides: number },
): tf.SymbolicTensor {
  const convolution = tf.layers.depthwiseConv2d({
    name: `${name}_conv`,
    kernelSize,
    strides,
    padding: 'same',
    useBias: false,
  });
  return batchNorm(name, apply(convolution, x));
}

function batchNorm(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.batchNormalization({ name: `${name}_bn`, momentum: 0.9, epsilon: 1e-5 }), x);
}

export function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.activation({ activation: 'relu' }), x);
}

export function classifier(inputs: tf.SymbolicTensor, features: tf.SymbolicTensor): tf.LayersModel {
  return tf.model({ inputs, outputs: apply(tf.layers.dense({ name: 'logits', units: 10 }), features) });
}

export function apply(layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}
