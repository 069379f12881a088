import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type * as Dawn from 'webgpu';
import { DeviceAbsent } from '../device/device-absent.ts';

/** The optional packages of the device. */
export interface WebgpuPackages {
  /** Chromium's WebGPU for Node. */
  readonly dawn: typeof Dawn;
  readonly WebGPUBackend: typeof WebGPUBackend;
}

/** @throws DeviceAbsent if a package is not installed or does not load */
export async function loadWebgpu(): Promise<WebgpuPackages> {
  try {
    const [dawn, backend] = await Promise.all([import('webgpu'), import('@tensorflow/tfjs-backend-webgpu')]);
    return { dawn, WebGPUBackend: backend.WebGPUBackend };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    throw new DeviceAbsent('webgpu', {
      reason: absent
        ? 'the packages webgpu and @tensorflow/tfjs-backend-webgpu are not installed'
        : `the packages webgpu and @tensorflow/tfjs-backend-webgpu do not load (${message})`,
      command: 'npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0',
      cause: error,
    });
  }
}
