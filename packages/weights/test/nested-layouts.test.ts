import { openDevice } from '@cantrip/core-tensor-gpu';
import type { SafeTensor } from '@cantrip/safetensors';
import { exportWeights, importWeights, torchNames } from '@cantrip/weights';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => openDevice('cpu'));

type Layer = layers.Layer;

const image = [3, 2, 4];
const conv = (): Layer => layers.conv2d({ filters: 4, kernelSize: 1, name: 'conv' });
const norm = (): Layer => layers.batchNormalization({ name: 'norm' });
const dense = (): Layer => layers.dense({ units: 2, name: 'dense' });
const through = (x: SymbolicTensor, ...all: Layer[]): SymbolicTensor =>
  all.reduce((value, layer) => layer.apply(value) as SymbolicTensor, x);

function network(shape: number[], ...all: Layer[]): LayersModel {
  const input = layers.input({ shape });
  return model({ inputs: input, outputs: through(input, ...all) });
}

/** The plain network, whose weights the golden values of `flattenNormalised` show to be right. */
const plain = (): LayersModel => network(image, conv(), layers.flatten(), norm(), dense());

/** The same function, built in other ways. */
const nested: Readonly<Record<string, () => LayersModel>> = {
  'with the image flattened in a nested model': () =>
    network(image, network(image, conv(), layers.flatten()), norm(), dense()),
  'with the dense layer in a nested model': () =>
    network(image, conv(), layers.flatten(), network([24], norm(), dense())),
  'with both in nested models': () =>
    network(image, network(image, conv()), network(image, layers.flatten()), network([24], norm(), dense())),
  'of nested sequential models': () =>
    sequential({
      layers: [
        sequential({
          layers: [layers.conv2d({ filters: 4, kernelSize: 1, inputShape: image, name: 'conv' })],
        }),
        layers.flatten(),
        sequential({ layers: [layers.batchNormalization({ inputShape: [24], name: 'norm' }), dense()] }),
      ],
    }),
};

const torch = { names: torchNames((layer) => layer.split('/').at(-1)), layout: 'pytorch' } as const;

const drawn = (built: LayersModel): LayersModel => {
  for (const [at, weight] of built.weights.entries())
    tf.tidy(() =>
      (weight.read() as tf.Variable).assign(
        tf.randomUniform(weight.shape as number[], 0.5, 2, 'float32', at + 1),
      ),
    );
  return built;
};

const predicted = (built: LayersModel): Float32Array =>
  tf.tidy(() => {
    const inputs = tf.randomNormal([2, ...image], 0, 1, 'float32', 3);
    return (built.predict(inputs) as tf.Tensor).dataSync() as Float32Array;
  });

describe('weights of PyTorch behind a flattened image', () => {
  it.each(Object.entries(nested))('fit a model %s', async (_, build) => {
    const source = drawn(plain());
    const weights = await exportWeights(source, torch);
    const built = build();
    importWeights(built, weights, torch);
    expect(predicted(built)).toEqual(predicted(source));
    expect(await exportWeights(built, torch)).toEqual(weights);
  });

  const refused = (built: LayersModel, message: string): void =>
    expect(() => importWeights(built, new Map<string, SafeTensor>(), torch)).toThrow(message);

  it('are refused where two images are joined', () => {
    const input = layers.input({ shape: image });
    const flat = (name: string): SymbolicTensor =>
      through(input, layers.conv2d({ filters: 4, kernelSize: 1, name }), layers.flatten());
    const joined = layers.concatenate({ name: 'join' }).apply([flat('a'), flat('b')]) as SymbolicTensor;
    refused(
      model({ inputs: input, outputs: through(joined, dense()) }),
      "[importWeights] cannot tell PyTorch's order of dense/kernel: join, a layer of Concatenate, moves the numbers of an " +
        'image. Give layout as a function that returns a layout for each name. (WEIGHTS_LAYOUT)',
    );
  });

  it('are refused where images are reshaped, transposed or flattened in each step', () => {
    const order = "cannot tell PyTorch's order of dense/kernel: ";
    refused(
      network(image, conv(), layers.reshape({ targetShape: [24], name: 'r' }), dense()),
      `${order}r, a layer of Reshape`,
    );
    refused(
      network(image, conv(), layers.permute({ dims: [3, 1, 2], name: 'p' }), layers.flatten(), dense()),
      `${order}PyTorch may have the axes of p in another order`,
    );
    refused(
      network(
        [5, ...image],
        layers.timeDistributed({ layer: layers.flatten(), name: 't' }),
        layers.timeDistributed({ layer: layers.dense({ units: 2 }), name: 'dense' }),
      ),
      `${order}t moves numbers in each step, with Flatten`,
    );
  });

  it('are refused where PyTorch may have a sequence in either order, and not where its order makes no difference', () => {
    refused(network([3, 4], layers.flatten(), dense()), 'PyTorch may have the axes of');
    const { missing } = importWeights(
      network([3, 1], layers.flatten(), dense()),
      new Map([['dense.bias', { dtype: 'F32', shape: [2], bytes: new Uint8Array(8) }]]),
      { ...torch, partial: true },
    );
    expect(missing).toEqual(['dense/kernel']);
  });

  it('are refused where an image is made of the outputs of a dense layer', () => {
    const made = network(
      [5],
      layers.dense({ units: 24, name: 'dense' }),
      layers.reLU(),
      layers.reshape({ targetShape: image, name: 'r' }),
      conv(),
    );
    refused(made, "cannot tell PyTorch's order of dense/kernel: r makes an image of its outputs");
  });

  it('are refused where a layer normalisation has a number for each pixel', () => {
    refused(
      network(image, conv(), layers.layerNormalization({ axis: [1, 2, 3], name: 'norm' })),
      "cannot tell PyTorch's order of norm/gamma: it normalises images",
    );
  });
});
