import { presentDevices } from '@cantrip/testing';
import { withSeed } from '@cantrip/seed';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '@cantrip/core-tensor-gpu';

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);
const trained = (layer: layers.Layer): tf.Tensor =>
  layer.apply(tf.ones([20]), { training: true }) as tf.Tensor;
const draws: Readonly<Record<string, () => tf.Tensor>> = {
  'tf.randomUniform': () => tf.randomUniform([20]),
  'tf.randomNormal': () => tf.randomNormal([20]),
  'tf.truncatedNormal': () => tf.truncatedNormal([20]),
  'tf.randomGamma': () => tf.randomGamma([20], 2),
  'tf.dropout': () => tf.dropout(tf.ones([20]), 0.5),
  'layers.dropout': () => trained(layers.dropout({ rate: 0.5 })),
  'initializers.glorotUniform': () => initializers.glorotUniform({}).apply([4, 5]),
  'initializers.heNormal': () => initializers.heNormal({}).apply([4, 5]),
};
const drawn = (draw: () => tf.Tensor, seed: number): number[] =>
  withSeed(seed, () => tf.tidy(() => [...draw().dataSync()]));

describe.each(devices)('on %s', (device) => {
  beforeAll(async () => {
    await openDevice(device);
  });

  it.each(Object.entries(draws))('%s draws the numbers of the cpu under one seed', async (_name, draw) => {
    const here = drawn(draw, 42);
    expect(drawn(draw, 42)).toEqual(here);
    expect(drawn(draw, 43)).not.toEqual(here);
    await openDevice('cpu');
    expect(drawn(draw, 42)).toEqual(here);
    await openDevice(device);
  });

  it('tf.multinomial follows the seed, by each device in its own way', () => {
    const draw = (): tf.Tensor => tf.multinomial(tf.zeros<tf.Rank.R1>([50]), 20);
    expect(drawn(draw, 42)).toEqual(drawn(draw, 42));
    expect(drawn(draw, 43)).not.toEqual(drawn(draw, 42));
  });
});
