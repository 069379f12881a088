import './software-adapter.ts';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { experimentalDeviceNames, openDevice } from '../../src/index.ts';

const angles = [...Array(2000).keys()].map((i) => Math.fround((i - 1000) * 1.37));

describe.each(await presentDevices(experimentalDeviceNames))('on %s', (device) => {
  beforeAll(async () => void (await openDevice(device)));

  it.each(['sin', 'cos'] as const)('%s has six digits, also of large angles', async (name) => {
    const got = await tf[name](tf.tensor1d(angles)).data();
    for (const [i, angle] of angles.entries())
      expect(Math.abs(got[i]! - Math[name](angle)), `${name}(${angle})`).toBeLessThan(1e-6);
  });

  it('tan is as exact as it is steep', async () => {
    const got = await tf.tan(tf.tensor1d(angles)).data();
    for (const [i, angle] of angles.entries()) {
      const slope = 1 + Math.tan(angle) ** 2;
      expect(Math.abs(got[i]! - Math.tan(angle)), `tan(${angle})`).toBeLessThan(1e-6 * slope);
    }
  });

  it.each([tf.sin, tf.cos, tf.tan])('%o of what is not finite is NaN', async (op) => {
    expect([...(await op(tf.tensor1d([Infinity, NaN, -Infinity])).data())]).toEqual([NaN, NaN, NaN]);
  });

  it('a Fourier transform and its inverse give the numbers back', async () => {
    const [re, im] = [tf.tensor2d(angles, [2, 1000]), tf.tensor2d(angles.toReversed(), [2, 1000])];
    const back = tf.ifft(tf.fft(tf.complex(re, im)));
    for (const [part, wanted] of [
      [tf.real(back), re],
      [tf.imag(back), im],
    ] as const)
      expect((await tf.max(tf.abs(tf.sub(part, wanted))).data())[0]).toBeLessThan(1e-4 * 1370);
  });

  it('a complex number keeps its shape through a reshape', async () => {
    const z = tf.complex(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
    const turned = tf.transpose(tf.reshape(z, [1, 4]));
    expect([turned.shape, tf.real(turned).shape, tf.imag(turned).shape]).toEqual([
      [4, 1],
      [4, 1],
      [4, 1],
    ]);
    expect([...(await turned.data())]).toEqual([1, 5, 2, 6, 3, 7, 4, 8]);
  });

  it('an op that has no complex numbers is refused', () => {
    const z = tf.complex(tf.ones([2, 2]), tf.ones([2, 2]));
    for (const op of [tf.neg, tf.square, tf.sum, tf.relu])
      expect(() => (op as (x: tf.Tensor) => tf.Tensor)(z)).toThrow(/\(DTYPE_MISMATCH\)$/);
    expect(() => tf.neg(z)).toThrow(
      "[Neg] does not compute with complex numbers on webgpu. Open the device 'tensorflow', or use tf.real and tf.imag. (DTYPE_MISMATCH)",
    );
  });

  it('chooses between numbers of seven axes, and whole rows', async () => {
    const x = tf.reshape(tf.range(0, 8, 1, 'int32'), [1, 2, 1, 2, 1, 2, 1]);
    const chosen = tf.where(tf.greater(x, tf.scalar(3, 'int32')), x, tf.neg(x));
    expect([...(await chosen.data())]).toEqual([0, -1, -2, -3, 4, 5, 6, 7]);
  });
});
