import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import type { ModelFunction } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { formatSummary, functionSummary, modelSummary } from '@cantrip/inspect';

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

describe.each(devices)('functionSummary on %s', (device) => {
  it('counts the same FLOPs as modelSummary, and lists the variables', async () => {
    await openDevice(device);
    const net = convolutional();
    const variables = Object.fromEntries(net.weights.map((one) => [one.name, one.read() as tf.Variable]));
    const inputs = tf.zeros([2, 8, 8, 2]);
    const before = tf.memory().numTensors;
    const summary = functionSummary(asFunction(net), { inputs, variables });
    expect(tf.memory().numTensors).toBe(before);
    const { flops, parameters, trained } = modelSummary(net, { batchSize: 2 });
    expect(summary).toMatchObject({ flops, parameters, trained, batchSize: 2, unknownFlops: [] });
    expect(summary.layers.at(-1)).toMatchObject({ name: 'function', outputShapes: [[2, 5]] });
    expect(summary.activationBytes).toBeGreaterThan(0);
    expect(formatSummary(summary)).toMatch(/^all /m);
  });

  it('counts matrix products of any form', async () => {
    await openDevice(device);
    const flopsOf = (model: ModelFunction): number =>
      functionSummary(model, { inputs: tf.ones([3, 4, 5]), variables: {} }).flops;
    expect(flopsOf((x) => tf.matMul(x as tf.Tensor, tf.ones([3, 5, 6])))).toBe(2 * 3 * 4 * 5 * 6);
    expect(flopsOf((x) => tf.matMul(x as tf.Tensor, tf.ones([3, 4, 6]), true))).toBe(2 * 3 * 5 * 4 * 6);
    expect(flopsOf((x) => tf.matMul(x as tf.Tensor, tf.ones([3, 6, 5]), false, true))).toBe(
      2 * 3 * 4 * 5 * 6,
    );
  });
});

describe('functionSummary', () => {
  it('counts einsum', async () => {
    await openDevice('cpu');
    const model: ModelFunction = (x) => tf.einsum('bij,jk->bik', x as tf.Tensor, tf.ones([5, 7]));
    const summary = functionSummary(model, { inputs: tf.ones([3, 4, 5]), variables: {} });
    expect(summary.flops).toBe(2 * 3 * 4 * 5 * 7);
  });

  it.each<[string, ModelFunction, string]>([
    [
      'a function that returns no tensor',
      () => 3 as never,
      'model must return a tensor or tensors by name, got 3.',
    ],
    [
      'random numbers in inference mode',
      (x, { random }) => tf.add(x as tf.Tensor, random('noise').normal([1])),
      '[functionSummary] the model draws the random numbers noise in inference mode.',
    ],
  ])('refuses %s', async (_, model, message) => {
    await openDevice('cpu');
    expect(() => functionSummary(model, { inputs: tf.ones([1]), variables: {} })).toThrow(message);
  });
});

function convolutional(): LayersModel {
  return sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [8, 8, 2] }),
      layers.depthwiseConv2d({ kernelSize: 3 }),
      layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
      layers.flatten(),
      layers.dense({ units: 5 }),
    ],
  });
}

const asFunction =
  (net: LayersModel): ModelFunction =>
  (inputs) =>
    net.predict(inputs as tf.Tensor) as tf.Tensor;
