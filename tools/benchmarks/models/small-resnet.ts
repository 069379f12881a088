import * as tf from '@tensorflow/tfjs-layers';

/** ResNet-8: three stages of one block, 16, 32 and 64 filters, for images of 28 x 28 x 1 and 10 classes. */
export function resnet8(): tf.LayersModel {
  const inputs = tf.input({ shape: [28, 28, 1] });
  let x = relu(convBn(inputs, 16, 3, 1));
  for (const [stage, filters] of [16, 32, 64].entries()) {
    const strides = stage === 0 ? 1 : 2;
    const inner = relu(convBn(x, filters, 3, strides));
    const outer = convBn(inner, filters, 3, 1);
    const shortcut = strides === 1 ? x : convBn(x, filters, 1, strides);
    x = relu(apply(tf.layers.add(), [outer, shortcut]));
  }
  return tf.model({ inputs, outputs: apply(tf.layers.dense({ units: 10 }), pooled(x)) });
}

/** 3 x 3 convolutions of 16, 32 and 32 filters, the last two with stride 2, each with batch normalisation. */
export function digitCnn(): tf.LayersModel {
  const inputs = tf.input({ shape: [28, 28, 1] });
  let x = relu(convBn(inputs, 16, 3, 1));
  x = relu(convBn(x, 32, 3, 2));
  x = relu(convBn(x, 32, 3, 2));
  return tf.model({ inputs, outputs: apply(tf.layers.dense({ units: 10 }), pooled(x)) });
}

function apply(layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}

function convBn(
  x: tf.SymbolicTensor,
  filters: number,
  kernelSize: number,
  strides: number,
): tf.SymbolicTensor {
  const convolution = { filters, kernelSize, strides, padding: 'same', useBias: false } as const;
  const y = apply(tf.layers.conv2d({ ...convolution, kernelInitializer: 'heNormal' }), x);
  return apply(tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }), y);
}

function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.activation({ activation: 'relu' }), x);
}

function pooled(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.globalAveragePooling2d({}), x);
}
