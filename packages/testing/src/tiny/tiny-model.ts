import * as tf from '@tensorflow/tfjs-layers';

/**
 * A network with every kind of layer that tricks change: convolution, batch norm, dropout, dense. 6x6x1 inputs, 3
 * classes.
 */
export function tinyModel(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, useBias: false, inputShape: [6, 6, 1] }),
      tf.layers.batchNormalization({ momentum: 0.9 }),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.25 }),
      tf.layers.dense({ units: 3 }),
    ],
  });
}
