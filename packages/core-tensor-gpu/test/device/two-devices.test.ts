import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openDevice } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';

const native = await requireDevice('tensorflow');

describe('two devices in one process', () => {
  it('a device that is opened while another one computes does not take its place in the middle', async () => {
    const cpu = await openDevice('cpu');
    const opening = openDevice('wasm');
    let done = false;
    void opening.then(() => (done = true));
    let turn = 0;
    while (!done) {
      await setImmediate();
      if (turn++ % 2 === 0) cpu.use();
      else if (done) break;
      expect([...tf.add(tf.tensor1d([1]), turn).dataSync()]).toEqual([1 + turn]);
    }
    (await opening).use();
    expect(turn).toBeGreaterThan(3);
    expect([tf.getBackend(), tf.backend() === tf.findBackend('wasm')]).toEqual(['wasm', true]);
  });

  it('both stay open, and each can be made current again', async () => {
    const cpu = await openDevice('cpu');
    const onCpu = tf.tensor1d([1, 2]);
    const wasm = await openDevice('wasm');
    const onWasm = tf.add(onCpu, 1);
    expect(await openDevice('cpu')).toBe(cpu);
    expect([tf.getBackend(), ...onWasm.dataSync()]).toEqual(['cpu', 2, 3]);
    wasm.use();
    expect([tf.getBackend(), tf.backend() === tf.findBackend('wasm')]).toEqual(['wasm', true]);
    cpu.use();
    expect([...tf.add(onWasm, onCpu).dataSync()]).toEqual([3, 5]);
  });

  it.skipIf(!native)(
    'TensorFlow is not opened anew, and its tensors stay, where another one was',
    async () => {
      const device = await openDevice('tensorflow');
      const x = tf.neg(tf.tensor1d([1, 2]));
      await openDevice('cpu');
      expect(await openDevice('tensorflow')).toBe(device);
      expect([...tf.neg(x).dataSync()]).toEqual([1, 2]);
    },
  );

  it.skipIf(!native)('one that was closed says so, and its tensors can be disposed of', async () => {
    const device = await openDevice('tensorflow');
    const x = tf.neg(tf.tensor1d([1, 2]));
    tf.removeBackend('tensorflow');
    await openDevice('tensorflow');
    expect(() => device.use()).toThrow(
      /^\[tensorflow\] the device was closed, and the values.*DEVICE_CLOSED/,
    );
    expect(() => x.dataSync()).toThrow('DEVICE_CLOSED');
    expect(() => x.dispose()).not.toThrow();
  });
});
