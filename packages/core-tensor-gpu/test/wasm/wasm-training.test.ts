import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeviceName } from '../../src/index.ts';
import { numbers, openBoth, skipWithoutTensorFlow } from './two-devices.ts';

let reference: DeviceName;
beforeAll(async () => {
  reference = await openBoth();
});

const {
  conv2d,
  batchNormalization,
  activation,
  depthwiseConv2d,
  separableConv2d,
  dropout,
  dense,
  embedding,
} = layers.layers;
const {
  flatten,
  maxPooling2d,
  averagePooling2d,
  globalAveragePooling2d,
  layerNormalization,
  conv2dTranspose,
  upSampling2d,
  lstm,
} = layers.layers;

/** Models that between them use what is common in training; `inputs` are 8 examples. */
const models: Record<string, { build: () => layers.layers.Layer[]; inputs: () => tf.Tensor }> = {
  'convolutions with batch normalisation': {
    build: () => [
      conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', inputShape: [10, 9, 2] }),
      batchNormalization(),
      activation({ activation: 'relu' }),
      conv2d({ filters: 5, kernelSize: [2, 3], activation: 'elu' }),
      globalAveragePooling2d({}),
      dense({ units: 3 }),
    ],
    inputs: () => numbers([8, 10, 9, 2]),
  },
  'depthwise and separable convolutions with pooling': {
    build: () => [
      depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, inputShape: [12, 12, 2] }),
      activation({ activation: 'relu6' }),
      maxPooling2d({ poolSize: 2 }),
      separableConv2d({ filters: 6, kernelSize: 3, activation: 'sigmoid' }),
      averagePooling2d({ poolSize: 2, padding: 'same' }),
      flatten(),
      dense({ units: 3 }),
    ],
    inputs: () => numbers([8, 12, 12, 2]),
  },
  'transposed convolutions and upsampling': {
    build: () => [
      conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', inputShape: [4, 4, 2] }),
      activation({ activation: 'tanh' }),
      upSampling2d({ size: [2, 2] }),
      flatten(),
      dense({ units: 3 }),
    ],
    inputs: () => numbers([8, 4, 4, 2]),
  },
  'an embedding, layer normalisation and a recurrent layer': {
    build: () => [
      embedding({ inputDim: 7, outputDim: 4, inputLength: 5 }),
      layerNormalization(),
      // The default initialiser needs the chained ops, which tfjs-core alone has not.
      lstm({ units: 4, recurrentInitializer: 'glorotUniform' }),
      dense({ units: 3 }),
    ],
    inputs: () => tf.cast(tf.floor(tf.mul(tf.abs(numbers([8, 5])), 6.99)), 'int32'),
  },
};

/** Adam and RMSprop divide by the size of a gradient: the larger epsilon keeps them from magnifying its rounding. */
const optimizers: Record<string, () => tf.Optimizer> = {
  momentum: () => tf.train.momentum(0.05, 0.9),
  adam: () => tf.train.adam(0.01, 0.9, 0.999, 1e-2),
  rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0, 1e-2),
};

interface Training {
  readonly model: layers.Sequential;
  step(): number;
}

function prepare(name: string, optimizer: tf.Optimizer): Training {
  const model = layers.sequential({ layers: models[name]!.build() });
  model.setWeights(model.getWeights().map((weight, i) => tf.mul(numbers(weight.shape, i + 1), 0.3)));
  const variance = model.weights.filter((weight) => weight.originalName.endsWith('moving_variance'));
  for (const weight of variance) weight.write(tf.ones(weight.shape as number[]));
  const inputs = models[name]!.inputs();
  const targets = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return {
    model,
    step: () =>
      tf.tidy(() => {
        const loss = (): tf.Scalar =>
          tf.losses.softmaxCrossEntropy(targets, model.apply(inputs, { training: true }) as tf.Tensor);
        const { value, grads } = tf.variableGrads(loss, variables);
        const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)))));
        const factor = tf.minimum(1, tf.div(1, norm));
        const clipped = Object.entries(grads).map(
          ([key, gradient]) => [key, tf.mul(gradient, factor)] as const,
        );
        optimizer.applyGradients(Object.fromEntries(clipped));
        return value.dataSync()[0]!;
      }),
  };
}

describe('training on wasm takes the same course as on the reference', () => {
  for (const name of Object.keys(models)) {
    for (const [rule, optimizer] of Object.entries(optimizers)) {
      test(`${name}, ${rule} with clipping`, async ({ skip }) => {
        skipWithoutTensorFlow(reference, skip);
        const losses: Record<string, number[]> = {};
        for (const device of [reference, 'wasm'] as const) {
          await tf.setBackend(device);
          const { step } = prepare(name, optimizer());
          losses[device] = Array.from({ length: 5 }, step);
        }
        const [expected, actual] = [losses[reference]!, losses['wasm']!];
        expect(expected[4]).not.toBe(expected[0]);
        for (const [i, loss] of actual.entries()) expect(Math.abs(loss - expected[i]!)).toBeLessThan(2e-4);
      });
    }
  }
});

test('dropout on wasm keeps the share it should and its gradient passes through what was kept', async () => {
  await tf.setBackend('wasm');
  const x = tf.ones([100, 100]);
  const layer = dropout({ rate: 0.3 });
  const gradient = tf.grad((inputs) => tf.sum(layer.apply(inputs, { training: true }) as tf.Tensor))(x);
  const values = gradient.dataSync();
  expect([...new Set(values)].sort().map((value) => value.toFixed(3))).toEqual(['0.000', '1.429']);
  expect(Math.abs(values.filter((value) => value > 0).length / 10_000 - 0.7)).toBeLessThan(0.03);
});

describe('a step on wasm leaves nothing behind', () => {
  for (const name of Object.keys(models)) {
    test(name, async () => {
      await tf.setBackend('wasm');
      const { step } = prepare(name, tf.train.adam(0.01));
      const backend = tf.backend() as unknown as { numDataIds(): number; wasm: { HEAPU8: Uint8Array } };
      const memory = (): number[] => [
        tf.memory().numTensors,
        backend.numDataIds(),
        backend.wasm.HEAPU8.length,
      ];
      for (let i = 0; i < 3; i++) step();
      const before = memory();
      for (let i = 0; i < 60; i++) step();
      expect(memory()).toEqual(before);
    });
  }
});
