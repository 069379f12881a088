import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { describe, expect, it } from 'vitest';

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
