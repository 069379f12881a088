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

/** The mean of the words' embeddings and a linear layer, as in fastText (Joulin et al. 2016): nearly all weights are in the table. */
export function bagOfWords(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.embedding({ name: 'words', inputDim: 50_000, outputDim: 256, inputLength: 32 }),
      tf.layers.globalAveragePooling1d({}),
      tf.layers.dense({ name: 'logits', units: 10 }),
    ],
  });
}

/**
 * One GRU layer that predicts the next word of 10,000 at every step. As in the first paper (Cho et al. 2014), the reset
 * gate is applied before the product with the recurrent kernel: the one form that tf.layers has.
 */
export function gruLanguageModel(): tf.LayersModel {
  // Its own initializer, an orthogonal matrix, takes seconds, and the benchmark replaces all weights.
  const recurrent = { recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' } as const;
  return tf.sequential({
    layers: [
      tf.layers.embedding({ name: 'words', inputDim: 10_000, outputDim: 128, inputLength: 35 }),
      tf.layers.gru({ name: 'gru', units: 128, returnSequences: true, ...recurrent }),
      tf.layers.dense({ name: 'logits', units: 10_000 }),
    ],
  });
}
