import * as tf from '@tensorflow/tfjs-layers';

// Layers bear names, by which the peers find their weights.

/** One LSTM layer and a classifier of its last state, with the gates of Keras 3 and PyTorch: sigmoid. */
export function lstm(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.lstm({ name: 'lstm', units: 64, recurrentActivation: 'sigmoid', inputShape: [50, 32] }),
      tf.layers.dense({ name: 'logits', units: 10 }),
    ],
  });
}

/** Kim's network with one width of filters (Kim 2014). */
export function textCnn(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.embedding({ name: 'words', inputDim: 10_000, outputDim: 64, inputLength: 100 }),
      tf.layers.conv1d({ name: 'conv', filters: 128, kernelSize: 5, activation: 'relu' }),
      tf.layers.globalMaxPooling1d({}),
      tf.layers.dense({ name: 'logits', units: 10 }),
    ],
  });
}
