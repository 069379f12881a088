import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../src/index.ts';

describe.each(await presentDevices(['cpu', 'wasm', 'tensorflow']))('crossEntropy on %s', (device) => {
  it.each([0, 0.1])(
    'is infinite where the true class has a logit of -infinity, smoothing %f',
    async (smoothing) => {
      await openDevice(device);
      const logits = tf.tensor2d([
        [-Infinity, 1, 2],
        [0, 0, 0],
      ]);
      const labels = tf.tensor1d([0, 1], 'int32');
      const rows = crossEntropy(labels, logits, { smoothing, reduction: 'none' }).dataSync();
      expect(rows[0]).toBe(Infinity);
      expect(rows[1]).toBeCloseTo(Math.log(3), 5);
    },
  );

  it('is 0 where the weights of all true classes are 0, smoothed too, and of no rows at all', async () => {
    await openDevice(device);
    const logits = tf.tensor2d([[1, 2, 3]]);
    const options = { smoothing: 0.1, classWeights: [0, 1, 1] };
    const loss = (given: tf.Tensor): tf.Scalar =>
      crossEntropy(tf.tensor1d([0], 'int32'), given, options) as tf.Scalar;
    expect(loss(logits).dataSync()[0]).toBe(0);
    expect([...tf.grad(loss)(logits).dataSync()]).toEqual([0, 0, 0]);
    const none = crossEntropy(tf.tensor1d([], 'int32'), tf.zeros([0, 3]), { smoothing: 0.1 });
    expect(none.dataSync()[0]).toBe(0);
  });
});
