import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { LayerRow } from './layer-row.ts';

const vector = [5];
const series = [6, 4];
const image = [5, 6, 2];
const film = [3, 4, 4, 2];

const row = (shape: readonly number[], name: string, options: Record<string, unknown> = {}): LayerRow => ({
  layers: [{ export: name, options }],
  shape,
  kind: 'float',
  front: true,
  inputs: 1,
});

/** A layer of a user's own. */
class Halved extends tfl.layers.Layer {
  static readonly className = 'Halved';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(0.5, Array.isArray(inputs) ? inputs[0]! : inputs);
  }
}

/** A cell of a user's own: the state decays, and the input is added. */
class Leaky extends tfl.layers.RNNCell {
  static readonly className = 'Leaky';
  stateSize = 4;
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const [x, state] = inputs as [tf.Tensor, tf.Tensor];
    const next = tf.add(tf.mul(0.9, state), x);
    return [next, next];
  }
}

const defaults: Readonly<Record<string, readonly [readonly number[], Record<string, unknown>]>> = {
  avgPool1d: [series, {}],
  avgPool2d: [image, {}],
  avgPool3d: [film, { poolSize: 2 }],
  avgPooling1d: [series, {}],
  avgPooling2d: [image, {}],
  avgPooling3d: [film, { poolSize: 2 }],
  bidirectional: [series, { layer: { export: 'lstm', options: { units: 3 } }, mergeMode: 'concat' }],
  conv1d: [series, { filters: 3, kernelSize: 2 }],
  convLstm2d: [film, { filters: 2, kernelSize: 2 }],
  globalMaxPool1d: [series, {}],
  globalMaxPool2d: [image, {}],
  gru: [series, { units: 3 }],
  layerNormalization: [film, {}],
  leakyReLU: [vector, {}],
  lstm: [series, { units: 3 }],
  maxPool1d: [series, {}],
  maxPool2d: [image, {}],
  simpleRNN: [series, { units: 3 }],
  softmax: [series, {}],
  thresholdedReLU: [vector, {}],
};

/** Rows that have no golden values: default options, names for the same layer, random layers, a user's own classes. */
export const moreRows: Readonly<Record<string, LayerRow>> = {
  ...Object.fromEntries(
    Object.entries(defaults).map(([name, [shape, options]]) => [
      `${name} as it is`,
      row(shape, name, options),
    ]),
  ),
  dropout: row(vector, 'dropout', { rate: 0.3 }),
  'dropout with a noise shape': row(series, 'dropout', { rate: 0.3, noiseShape: [8, 1, 4] }),
  alphaDropout: row(vector, 'alphaDropout', { rate: 0.3 }),
  gaussianDropout: row(vector, 'gaussianDropout', { rate: 0.3 }),
  gaussianNoise: row(vector, 'gaussianNoise', { stddev: 0.3 }),
  spatialDropout1d: row(series, 'spatialDropout1d', { rate: 0.3 }),
  'lstm with dropout': row(series, 'lstm', { units: 3, dropout: 0.2, recurrentDropout: 0.2 }),
  'convLstm2d with dropout': row(film, 'convLstm2d', { filters: 2, kernelSize: 2, dropout: 0.2 }),
  'dense with an orthogonal kernel': row(vector, 'dense', { units: 5, kernelInitializer: 'orthogonal' }),
  'a Layer': { ...row(vector, 'Layer'), layers: [() => new Halved()] },
  'an RNNCell': { ...row(series, 'RNNCell'), layers: [() => tfl.layers.rnn({ cell: new Leaky({}) })] },
};

/** Exports that every row has, or that stand in a function of a row. */
export const exportsElsewhere: readonly string[] = [
  'input',
  'inputLayer',
  'Layer',
  'RNNCell',
  'convLstm2dCell',
  'randomWidth',
];
