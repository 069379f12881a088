import { openDevice } from '@cantrip/core-tensor-gpu';
import type { SafeTensor } from '@cantrip/safetensors';
import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import { exportWeights, importWeights, torchNames } from '@cantrip/weights';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

interface Case {
  readonly inputs: Nested;
  readonly weights: Readonly<Record<string, Nested>>;
  readonly outputs: Nested;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden/layouts.json', import.meta.url),
);

function stored(weights: Case['weights']): Map<string, SafeTensor> {
  return new Map(
    Object.entries(weights).map(([name, nested]) => {
      const shape: number[] = [];
      for (let part = nested; Array.isArray(part); part = part[0] as Nested) shape.push(part.length);
      const numbers = Float64Array.from([nested].flat(Infinity as 1) as unknown as number[]);
      return [name, { dtype: 'F64', shape, bytes: new Uint8Array(numbers.buffer) }];
    }),
  );
}

type Parts = Readonly<Record<string, (inputShape: number[]) => layers.Layer[] | LayersModel>>;

/** The same networks as in tools/golden/weight_layouts.py. */
const networks: Parts = {
  dense: (inputShape) => [layers.dense({ units: 2, inputShape, name: 'one' })],
  conv1d: (inputShape) => [layers.conv1d({ filters: 4, kernelSize: 3, inputShape, name: 'one' })],
  conv2d: (inputShape) => [layers.conv2d({ filters: 3, kernelSize: [3, 2], inputShape, name: 'one' })],
  conv3d: (inputShape) => [layers.conv3d({ filters: 3, kernelSize: 2, inputShape, name: 'one' })],
  conv2dTranspose: (inputShape) => [
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, inputShape, name: 'one' }),
  ],
  depthwiseConv2d: (inputShape) => [
    layers.depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2, inputShape, name: 'one' }),
  ],
  separableConv2d: (inputShape) => [
    layers.separableConv2d({ filters: 4, kernelSize: 2, depthMultiplier: 2, inputShape, name: 'one' }),
  ],
  batchNormalization: (inputShape) => [layers.batchNormalization({ epsilon: 1e-3, inputShape, name: 'one' })],
  // Of PyTorch's default, which is not that of TensorFlow.js.
  batchNormalizationDefault: (inputShape) => [
    layers.batchNormalization({ epsilon: 1e-5, inputShape, name: 'one' }),
    layers.batchNormalization({ epsilon: 1e-5, name: 'two' }),
  ],
  layerNormalization: (inputShape) => [layers.layerNormalization({ epsilon: 1e-3, inputShape, name: 'one' })],
  prelu: (inputShape) => [layers.prelu({ inputShape, name: 'one' })],
  flatten: (inputShape) => [
    layers.conv2d({ filters: 3, kernelSize: 2, inputShape, name: 'one' }),
    layers.activation({ activation: 'relu' }),
    layers.flatten(),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 2, name: 'two' }),
  ],
  flattenNormalised: (inputShape) => [
    layers.conv2d({ filters: 3, kernelSize: 2, inputShape, name: 'one' }),
    layers.flatten(),
    layers.batchNormalization({ epsilon: 1e-3, name: 'norm' }),
    layers.prelu({ name: 'slopes' }),
    layers.layerNormalization({ epsilon: 1e-3, name: 'layerNorm' }),
    layers.dense({ units: 2, name: 'two' }),
  ],
  flattenSum: (inputShape) => {
    const input = layers.input({ shape: inputShape });
    const flat = (name: string): SymbolicTensor =>
      layers
        .flatten()
        .apply(layers.conv2d({ filters: 3, kernelSize: 2, name }).apply(input)) as SymbolicTensor;
    const sum = layers.add().apply([flat('left'), flat('right')]);
    const outputs = layers.dense({ units: 2, name: 'two' }).apply(sum) as SymbolicTensor;
    return model({ inputs: input, outputs });
  },
  // No image: PyTorch has its features last too.
  flattenEmbedding: ([steps]) => [
    layers.embedding({ inputDim: 5, outputDim: 3, inputLength: steps!, name: 'one' }),
    layers.flatten(),
    layers.dense({ units: 2, name: 'two' }),
  ],
};

/** Keras has two convolutions in this one layer. */
const separable: Readonly<Record<string, string>> = {
  'one/depthwise_kernel': 'one.weight',
  'one/pointwise_kernel': 'two.weight',
  'one/bias': 'two.bias',
};

const namesOf = (name: string): ((name: string) => string) | Readonly<Record<string, string>> =>
  name === 'separableConv2d' ? separable : torchNames();

function build(name: string): { readonly network: LayersModel; readonly inputs: tf.Tensor } {
  const inputs = tf.tensor(cases[name]!.inputs as number[]);
  const parts = networks[name]!(inputs.shape.slice(1));
  return { network: Array.isArray(parts) ? sequential({ layers: parts }) : parts, inputs };
}

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

describe.each(devices)('weights of PyTorch on %s', (device) => {
  it.each(Object.keys(cases))('make %s compute what PyTorch computes', async (name) => {
    await openDevice(device);
    const { network, inputs } = build(name);
    importWeights(network, stored(cases[name]!.weights), { names: namesOf(name), layout: 'pytorch' });
    expectClose(network.predict(inputs) as tf.Tensor, cases[name]!.outputs, tolerance);
    network.dispose();
  });
});

describe('an image whose channels are first here too', () => {
  const { inputs, weights, outputs } = cases['flatten']!;
  const channelsFirst = { dataFormat: 'channelsFirst' } as const;

  it.each([{}, channelsFirst])('is flattened by %o in the order that its weights have', async (how) => {
    await openDevice('cpu');
    const images = tf.transpose(tf.tensor(inputs as number[]), [0, 3, 1, 2]);
    const network = sequential({
      layers: [
        layers.conv2d({
          filters: 3,
          kernelSize: 2,
          activation: 'relu',
          inputShape: images.shape.slice(1),
          name: 'one',
          ...channelsFirst,
        }),
        layers.flatten(how),
        layers.dense({ units: 2, name: 'two' }),
      ],
    });
    importWeights(network, stored(weights), { names: torchNames(), layout: 'pytorch' });
    expectClose(network.predict(images) as tf.Tensor, outputs, tolerance);
    network.dispose();
  });
});

describe('weights written with the layout of PyTorch', () => {
  it.each(Object.keys(cases))('are those that PyTorch had, for %s', async (name) => {
    await openDevice('cpu');
    const { network } = build(name);
    const given = stored(cases[name]!.weights);
    importWeights(network, given, { names: namesOf(name), layout: 'pytorch' });
    const written = await exportWeights(network, { names: namesOf(name), layout: 'pytorch' });
    const counters = [...given.keys()].filter((one) => one.endsWith('num_batches_tracked'));
    expect([...written.keys(), ...counters].sort()).toEqual([...given.keys()].sort());
    for (const [key, { shape, bytes }] of written) {
      expect(shape).toEqual(given.get(key)!.shape);
      const numbers = new Float64Array(given.get(key)!.bytes.buffer);
      expect(new Float32Array(bytes.buffer)).toEqual(Float32Array.from(numbers));
    }
    network.dispose();
  });
});
