import type { DeviceName } from '../device/device.ts';
import { DeviceAbsent } from '../device/device-absent.ts';
import type { Driver } from '../device/driver.ts';

function nativeDriver(name: DeviceName): Driver {
  return {
    name,
    open: () => Promise.reject(new DeviceAbsent(name, { reason: 'its binding is not written yet' })),
  };
}

/** TensorFlow on an NVIDIA GPU. */
export const cudaDriver: Driver = nativeDriver('cuda');

/** TensorFlow on the processor, also where there is a GPU. */
export const tensorflowDriver: Driver = nativeDriver('tensorflow');
