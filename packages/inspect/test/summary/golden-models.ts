import {
  input,
  layers,
  type LayersModel,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** The models of tools/golden/model_summary.py. */
export const goldenModels: Readonly<Record<string, () => LayersModel>> = {
  small_cnn: () =>
    sequential({
      layers: [
        layers.conv2d({
          filters: 8,
          kernelSize: 3,
          padding: 'same',
          activation: 'relu',
          inputShape: [28, 28, 1],
        }),
        layers.batchNormalization(),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, useBias: false }),
        layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
        layers.separableConv2d({ filters: 12, kernelSize: 3, depthMultiplier: 2 }),
        layers.flatten(),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    }),
  transposed: () =>
    sequential({
      layers: [
        layers.conv2dTranspose({
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          inputShape: [5, 6, 3],
        }),
        layers.conv2d({ filters: 2, kernelSize: 1 }),
      ],
    }),
  sequence: () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 50, outputDim: 6, inputLength: 12 }),
        layers.conv1d({ filters: 5, kernelSize: 3, padding: 'same' }),
        layers.lstm({ units: 7, returnSequences: true }),
        layers.bidirectional({
          layer: layers.gru({ units: 4, returnSequences: true }),
          mergeMode: 'concat',
        }),
        layers.simpleRNN({ units: 3, returnSequences: true }),
        layers.dense({ units: 9 }),
        layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
      ],
    }),
  shared() {
    const [left, right] = [input({ shape: [6], name: 'left' }), input({ shape: [6], name: 'right' })];
    const encoder = layers.dense({ units: 4, name: 'encoder' });
    const joined = layers
      .concatenate()
      .apply([encoder.apply(left), encoder.apply(right)] as SymbolicTensor[]);
    return model({
      inputs: [left, right],
      outputs: layers.dense({ units: 1, name: 'head' }).apply(joined) as SymbolicTensor,
    });
  },
  nested() {
    const inner = sequential({
      name: 'inner',
      layers: [
        layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [8, 8, 2] }),
        layers.batchNormalization(),
      ],
    });
    inner.trainable = false;
    const [one, two] = [input({ shape: [8, 8, 2], name: 'one' }), input({ shape: [8, 8, 2], name: 'two' })];
    const joined = layers.add().apply([inner.apply(one), inner.apply(two)] as SymbolicTensor[]);
    const pooled = layers.globalAveragePooling2d({}).apply(joined);
    return model({
      inputs: [one, two],
      outputs: layers.dense({ units: 5, name: 'head' }).apply(pooled) as SymbolicTensor,
    });
  },
  volumes: () =>
    sequential({
      layers: [
        layers.conv3d({ filters: 3, kernelSize: [3, 2, 2], padding: 'same', inputShape: [6, 5, 4, 2] }),
        layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
      ],
    }),
  convolutional_recurrent: () =>
    sequential({
      layers: [
        layers.convLstm2d({ filters: 3, kernelSize: 3, returnSequences: true, inputShape: [4, 6, 6, 2] }),
        layers.convLstm2d({ filters: 2, kernelSize: 3, padding: 'same' }),
      ],
    }),
  attention() {
    const [queries, keys] = [
      input({ shape: [5, 8], name: 'queries' }),
      input({ shape: [7, 8], name: 'keys' }),
    ];
    return model({
      inputs: [queries, keys],
      outputs: layers.dot({ axes: 2 }).apply([queries, keys]) as SymbolicTensor,
    });
  },
};
