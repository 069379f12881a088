import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { requireDevice } from '../require-device.ts';
import { nativeBinding } from './native-binding.ts';

const device = await requireDevice('tensorflow');

/**
 * Megabytes that the work leaves behind each time, after a first time: the least of three, for a leak is there every
 * time, and what the allocator keeps for later is not.
 */
function growth(work: () => void): number {
  work();
  const once = (): number => {
    const before = process.memoryUsage().rss;
    work();
    return (process.memoryUsage().rss - before) / 1e6;
  };
  return Math.min(once(), once(), once());
}

describe.skipIf(device === undefined)('memory', () => {
  it('of handles is given back as soon as the tensors are disposed of', () => {
    const before = nativeBinding().getNumOfTensors();
    const x = tf.ones([2, 2]);
    const y = tf.tidy(() => tf.matMul(tf.add(x, 1), tf.sub(x, 3)) as tf.Tensor);
    expect(y.dataSync()).toEqual(Float32Array.of(-8, -8, -8, -8));
    expect(nativeBinding().getNumOfTensors()).toBe(before + 2);
    tf.dispose([x, y]);
    expect(nativeBinding().getNumOfTensors()).toBe(before);
  });

  it('does not grow with ops on numbers', () => {
    const work = () => {
      for (let i = 0; i < 300; i++) tf.tidy(() => tf.sum(tf.mul(tf.ones([100_000]), i)).dataSync());
    };
    expect(growth(work)).toBeLessThan(40); // a leak of one tensor a turn would be 120
  });

  it.each([
    ['long', 'x'.repeat(100_000), 2],
    ['many', '', 10_000],
  ])('does not grow with %s strings', (_, string, count) => {
    const strings = new Array<string>(count).fill(string);
    const work = () => {
      for (let i = 0; i < 100; i++) tf.tidy(() => void tf.reshape(tf.tensor1d(strings), [count, 1]));
    };
    expect(growth(work)).toBeLessThan(10); // a leak of the long ones would be 20, of the many 24
  });

  it('holds nothing of ops that failed', () => {
    const before = nativeBinding().getNumOfTensors();
    const a = tf.ones([2]);
    const b = tf.ones([3]);
    for (let i = 0; i < 100; i++)
      expect(() => tf.add(a, b)).toThrow('Add failed: Incompatible shapes: [2] vs. [3]');
    tf.dispose([a, b]);
    expect(nativeBinding().getNumOfTensors()).toBe(before);
  });

  it('is given back wholly, and a new context opened, when the engine is reset', async () => {
    tf.keep(tf.ones([10])).dataSync();
    const old = nativeBinding();
    tf.engine().reset();
    expect(old.getNumOfTensors()).toBe(0);
    expect(await tf.setBackend('tensorflow')).toBe(true);
    expect(tf.add(1, 2).dataSync()).toEqual(Float32Array.of(3));
  });
});
