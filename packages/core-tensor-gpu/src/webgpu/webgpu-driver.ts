import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../device/current-backend.ts';
import type { DriverDevice } from '../device/device.ts';
import { DeviceAbsent } from '../device/device-absent.ts';
import type { Driver } from '../device/driver.ts';
import { correctKernels } from './correct-kernels.ts';
import { createBackend } from './create-backend.ts';
import { loadWebgpu } from './load-webgpu.ts';

/** Kept, because Dawn ends when this object is collected, and takes its devices with it. */
let gpu: GPU | undefined;

let corrected = false;

/**
 * TensorFlow.js's WebGPU backend on Dawn. It reaches any GPU with a driver for Vulkan, Metal or Direct3D 12. It is
 * experimental, so only its name opens it.
 */
export const webgpuDriver: Driver = {
  name: 'webgpu',
  async open(): Promise<DriverDevice> {
    const packages = await loadWebgpu();
    gpu ??= packages.dawn.create([]);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new DeviceAbsent('webgpu', noAdapter);
    if (openBackend('webgpu') === undefined) {
      const backend = await createBackend(gpu, adapter, packages);
      tf.registerBackend('webgpu', () => backend);
      if (!corrected) correctKernels();
      corrected = true;
    }
    await tf.setBackend('webgpu');
    const { vendor, description: hardware, isFallbackAdapter } = adapter.info;
    const description = {
      name: 'webgpu',
      version: `tfjs-backend-webgpu ${version}`,
      threads: 1,
      hardware: `${hardware || vendor}${isFallbackAdapter ? ', in software' : ''}`,
      // WebGPU does not tell it.
      memory: 0,
      passedOver: [],
    } as const;
    return { name: 'webgpu', describe: () => description };
  },
};

/** The one that the packages are tested with; the backend does not tell its own. */
const version = '4.22.0';

const noAdapter = {
  reason: 'WebGPU finds no adapter',
  advice:
    "Install the GPU's driver for Vulkan, Metal or Direct3D 12; Linux also needs the Vulkan loader, libvulkan.so.1",
};
