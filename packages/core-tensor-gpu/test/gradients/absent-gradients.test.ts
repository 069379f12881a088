import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { expectGradients, presentDevices, scattered } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/index.ts';

/** A number that depends on every element in its own way. */
const weigh = (y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(y, scattered(y.shape, 3)));

const values = (x: tf.Tensor): number[] => Array.from(x.dataSync());

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('on %s', (device) => {
  beforeAll(async () => {
    await openDevice(device);
  });

  it.each(['same', 'valid'] as const)(
    'a dilated 2-D convolution padded %s has the gradients of its differences',
    (pad) => {
      expectGradients(
        (x, filter) => weigh(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, pad, 'NHWC', [2, 3])),
        [scattered([2, 6, 9, 2]), scattered([3, 2, 2, 3], 2)],
      );
    },
  );

  it('a dilated 1-D convolution has the gradients of its differences', () => {
    expectGradients(
      (x, filter) => weigh(tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, 'same', 'NWC', 2)),
      [scattered([3, 7, 2]), scattered([3, 2, 2], 2)],
    );
  });

  it('a dilated depthwise convolution has the gradients of its differences', () => {
    expectGradients(
      (x, filter) =>
        weigh(tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', [3, 2])),
      [scattered([2, 6, 7, 2]), scattered([2, 3, 2, 2], 2)],
    );
  });

  it('a transposed 3-D convolution has the gradients of its differences', () => {
    expectGradients(
      (x, filter) =>
        weigh(tf.conv3dTranspose(x as tf.Tensor5D, filter as tf.Tensor5D, [2, 3, 4, 5, 3], 1, 'valid')),
      [scattered([2, 2, 3, 4, 2]), scattered([2, 2, 2, 3, 2], 2)],
    );
  });

  it.each(['equal', 'greater', 'less', 'lessEqual', 'notEqual', 'greaterEqual'] as const)(
    'nothing flows back through tf.%s, and the rest of the product keeps its gradient',
    (name) => {
      const x = tf.tensor1d([-1, 0.5, 2]);
      const mask = tf.cast(tf[name](x, 0.5), 'float32');
      expect(values(tf.grad((given) => tf.mul(given, tf.cast(tf[name](given, 0.5), 'float32')))(x))).toEqual(
        values(mask),
      );
    },
  );
});
