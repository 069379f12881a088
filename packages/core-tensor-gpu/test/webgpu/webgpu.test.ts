import './software-adapter.ts';
import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import type { Snapshot } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { probeDevice } from '../../src/diagnosis/probe-device.ts';
import { deviceNames, experimentalDeviceNames, openDevice } from '../../src/index.ts';

const validation = tinyData({ examples: 9 });

/** The figures of three epochs, and what is left at the end; with a stop in the middle. */
async function train(device: 'cpu' | 'webgpu', stop = false): Promise<{ losses: number[]; end: Snapshot }> {
  let trainer = tinyTrainer([], { device });
  const losses: number[] = [];
  const fit = async (epochs: number) => {
    for (const { loss, validation_loss } of (await trainer.fit(tinyData(), { epochs, validation })).epochs)
      losses.push(loss!, validation_loss!);
  };
  if (stop) {
    await fit(1);
    const saved = await trainer.save();
    trainer.dispose();
    trainer = tinyTrainer([], { device });
    await trainer.restore(saved);
  }
  await fit(3);
  const end = await trainer.save();
  trainer.dispose();
  return { losses, end };
}

describe.each(await presentDevices(experimentalDeviceNames))('%s', () => {
  it('trains to the figures of the processor', async () => {
    const [plain, gpu] = [await train('cpu'), await train('webgpu')];
    expect(gpu.losses).toHaveLength(6);
    for (const [i, loss] of gpu.losses.entries()) expect(loss).toBeCloseTo(plain.losses[i]!, 4);
  });

  it('goes on from a snapshot to the same bits', async () => {
    expect(await train('webgpu', true)).toEqual(await train('webgpu'));
  });

  it('describes the adapter', async () => {
    const { name, version, hardware } = (await openDevice('webgpu')).describe();
    expect([name, version]).toEqual(['webgpu', 'tfjs-backend-webgpu 4.22.0']);
    expect(hardware).toMatch(/\w/);
  });

  it('reads no value synchronously that is on the device, and says what to write instead', async () => {
    await openDevice('webgpu');
    // The backend computes small sums on the host.
    const sum = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));
    expect(() => sum.dataSync()).toThrow(
      '[webgpu] dataSync, arraySync and what uses them cannot read a value from this device. Use await tensor.data() or await tensor.array(). (DEVICE_READ_SYNC)',
    );
    const values = Array.from({ length: 64 }, () => Array.from({ length: 64 }, () => 64));
    expect(await sum.array()).toEqual(values);
    // Now it is on the host, too.
    expect(sum.arraySync()).toEqual(values);
  });

  it('keeps NaN, as the processor does', async () => {
    await openDevice('webgpu');
    const x = tf.tensor2d([NaN, 1, 0.5, 2, 3, 1], [2, 3]);
    expect(await tf.sigmoid(x).array()).toEqual([
      [NaN, expect.closeTo(0.7310586, 5), expect.closeTo(0.6224593, 5)],
      [expect.closeTo(0.8807971, 5), expect.closeTo(0.9525741, 5), expect.closeTo(0.7310586, 5)],
    ]);
    expect(await tf.softmax(x).array()).toEqual([
      [NaN, NaN, NaN],
      [expect.closeTo(0.2447285, 5), expect.closeTo(0.6652409, 5), expect.closeTo(0.0900306, 5)],
    ]);
    for (const op of [tf.acosh, tf.asinh, tf.atanh])
      expect((await op(tf.tensor1d([NaN, 0.5])).data())[0]).toBeNaN();
  });

  it('keeps the axes of a product', async () => {
    await openDevice('webgpu');
    const product = tf.prod(tf.tensor2d([1, 2, 3, 4], [2, 2]), 0, true);
    expect(await product.array()).toEqual([[3, 8]]);
  });

  it.each(['int32', 'bool'] as const)('transposes %s with more than two axes', async (dtype) => {
    await openDevice('webgpu');
    const values = dtype === 'bool' ? [1, 0, 0, 1, 1, 1, 0, 0] : [1, -2, 16777217, 4, 5, 6, -7, 8];
    // Large enough not to be computed on the host.
    const x = tf.tile(tf.tensor3d(values, [2, 2, 2], dtype), [100, 1, 1]) as tf.Tensor3D;
    const swapped = tf.transpose(x, [0, 2, 1]);
    const expected = [0, 2, 1, 3, 4, 6, 5, 7].map((i) => values[i]);
    expect([...(await swapped.data())]).toEqual(Array.from({ length: 100 }, () => expected).flat());
    expect(swapped.dtype).toBe(dtype);
  });

  it('makes floats of truth values for programs that take floats alone', async () => {
    await openDevice('webgpu');
    const x = tf.tile(tf.tensor3d([1, 5, 2, 4, 3, 6, 9, 7], [2, 2, 2]), [100, 1, 1]);
    const largest = tf.grad((y: tf.Tensor) => tf.max(y, 1))(x);
    const expected = [0, 1, 1, 0, 0, 0, 1, 1];
    expect([...(await largest.data())]).toEqual(Array.from({ length: 100 }, () => expected).flat());
  });

  it('throws where the GPU reports an error, and goes on after it', async () => {
    await openDevice('webgpu');
    // Its program of the stock backend does not compile.
    const image = tf.cast(tf.fill([30, 30, 3], 100), 'int32') as tf.Tensor3D;
    await expect(tf.image.threshold(image, 'otsu').data()).rejects.toThrow(
      /^\[webgpu\] values were not computed, because the GPU reported "Error while parsing WGSL: .* \(DEVICE_FAILED\)$/,
    );
    const sum = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));
    expect((await sum.data())[0]).toBe(64);
  });

  it('uses no more memory after many steps', async () => {
    const trainer = tinyTrainer([], { device: 'webgpu' });
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    await trainer.fit(tinyData(), { epochs: 2 });
    const before = bytes();
    await trainer.fit(tinyData(), { epochs: 12 });
    expect(bytes()).toBe(before);
    trainer.dispose();
    expect(bytes()).toBeLessThan(before);
  });

  it('leaves nothing of a browser in the process', async () => {
    await openDevice('webgpu');
    expect('window' in globalThis).toBe(false);
  });
});

describe('without an adapter', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('says so, and what to install', async () => {
    vi.stubEnv('VK_ICD_FILENAMES', '/absent.json');
    vi.stubEnv('VK_DRIVER_FILES', '/absent.json');
    expect(await probeDevice('webgpu')).toEqual({
      reason: 'WebGPU finds no adapter',
      fix: "Install the GPU's driver for Vulkan, Metal or Direct3D 12; Linux also needs the Vulkan loader, libvulkan.so.1",
    });
  });

  it('is never what auto opens', () => {
    expect(deviceNames).not.toContain('webgpu');
  });
});
