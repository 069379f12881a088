import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { DeviceAbsent, type DeviceName, deviceNames, openDevice, openedDevice } from '../../src/index.ts';

describe('openDevice', () => {
  it('gives undefined as the open device before anything is opened', () => {
    expect(openedDevice()).toBeUndefined();
  });

  it('refuses a name that no device has, and lists those that there are', async () => {
    await expect(openDevice('gpu' as DeviceName)).rejects.toThrow(
      '[openDevice] there is no device "gpu". Pass one of auto, cuda, tensorflow, wasm, cpu, webgpu. (DEVICE_UNKNOWN)',
    );
  });

  it('opens the device that is asked for, and gives it again', async () => {
    const device = await openDevice('cpu');
    expect([device.name, tf.getBackend()]).toEqual(['cpu', 'cpu']);
    expect(await openDevice('cpu')).toBe(device);
    expect(await openDevice('auto')).toBe(device);
    expect(openedDevice()).toBe(device);
  });

  it('makes the device the backend again, where something else has taken its place', async () => {
    await openDevice('wasm');
    await tf.setBackend('cpu');
    await openDevice('wasm');
    expect(tf.getBackend()).toBe('wasm');
  });

  it('opens one device for two that ask at once', async () => {
    const [first, second] = await Promise.all([openDevice('cpu'), openDevice('cpu')]);
    expect(first).toBe(second);
  });

  it('describes what it opened', async () => {
    const { name, version, threads, memory, hardware, passedOver } = (await openDevice('wasm')).describe();
    expect([name, version]).toEqual(['wasm', 'tfjs-backend-wasm 4.22.0']);
    expect(threads).toBeGreaterThan(0);
    expect(memory).toBeGreaterThan(1e8);
    expect(hardware).not.toBe('');
    expect(passedOver).toEqual([]);
  });

  it('knows every name that it lists', async () => {
    for (const name of deviceNames) {
      await openDevice(name).catch((error: unknown) => expect(error).toBeInstanceOf(DeviceAbsent));
    }
  });
});
