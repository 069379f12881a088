import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

describe.each(['wasm', 'cpu'] as const)('%s refuses', (device) => {
  const image = (): tf.Tensor4D => tf.ones([1, 5, 6, 1]);

  it('one padding for strides that differ, in one sentence', async () => {
    await openDevice(device);
    expect(() => tf.conv2d(image(), tf.ones([3, 3, 1, 1]) as tf.Tensor4D, [1, 2], 1)).toThrow(
      "[Conv2D] does not support a padding of 1 with strides [1,2] and a window of [3,3], because TensorFlow.js uses the first of them for both axes. Pad with tf.pad first, and then use 'valid'. (OPTION_INVALID)",
    );
  });

  it('one padding for windows that differ', async () => {
    await openDevice(device);
    expect(() => tf.maxPool(image(), [3, 2], 1, 1)).toThrow('(OPTION_INVALID)');
    expect(() => tf.avgPool(image(), [3, 2], 1, 1)).toThrow('(OPTION_INVALID)');
    expect(() => tf.depthwiseConv2d(image(), tf.ones([3, 2, 1, 1]) as tf.Tensor4D, 1, 1)).toThrow(
      '(OPTION_INVALID)',
    );
  });
});

describe.each(await presentDevices(['wasm', 'cpu', 'webgpu']))(
  '%s refuses an equation of einsum',
  (device) => {
    beforeAll(async () => void (await openDevice(device)));
    const square = (): tf.Tensor => tf.ones([2, 2]);

    it.each([
      ['that has two arrows', 'ij->ji->ij', 1, 'has more than one arrow'],
      ['that has fewer terms than tensors', 'ij->ji', 2, 'has 1 terms for 2 tensors'],
      ['that has more terms than tensors', 'ij,jk->ik', 1, 'has 2 terms for 1 tensors'],
      ['whose result has a letter of its own', 'ij->in', 1, 'has n after the arrow alone'],
    ])('%s', (_, equation, count, what) => {
      const tensors = Array.from({ length: count }, square);
      expect(() => tf.einsum(equation, ...tensors)).toThrow(
        `[einsum] the equation "${equation}" ${what}. Write a term for each tensor and one arrow, for example 'ij,jk->ik'. (SHAPE_MISMATCH)`,
      );
    });
  },
);
