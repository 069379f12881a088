import { existsSync } from 'node:fs';
import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import type { Snapshot } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { probeDevice } from '../../src/diagnosis/probe-device.ts';
import { deviceNames, experimentalDeviceNames, openDevice } from '../../src/index.ts';

/** Debian's Chromium brings SwiftShader, which computes in software what a GPU would. */
const softwareAdapter = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (!existsSync('/dev/dri') && existsSync(softwareAdapter))
  process.env['VK_ICD_FILENAMES'] ??= softwareAdapter;

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
