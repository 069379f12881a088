import { CantripError, describe } from '@cantrip/errors';
import { type Device, type DeviceName, deviceNames, experimentalDeviceNames } from '@cantrip/ops';

/**
 * The device to train on: `auto`, a name, or an open device. `auto` and names need `@cantrip/core-tensor-gpu` and
 * Node. In a browser pass an open device, e.g. `await backendDevice()` of `@cantrip/ops`.
 */
export type DeviceOption = DeviceName | 'auto' | Device;

const names: readonly unknown[] = ['auto', ...deviceNames, ...experimentalDeviceNames];

/** @throws CantripError DEVICE_UNKNOWN */
export function checkDevice(device: DeviceOption): DeviceOption {
  if (names.includes(device as DeviceName) || isDevice(device)) return device;
  throw new CantripError('DEVICE_UNKNOWN', {
    who: 'createTrainer',
    what: `device must be a device or the name of one, got ${describe(device)}`,
    fix: (device as unknown) instanceof Promise ? 'Await device first' : `Use one of ${names.join(', ')}`,
  });
}

function isDevice(value: unknown): value is Device {
  const { name, describe, use } = (value ?? {}) as Partial<Record<keyof Device, unknown>>;
  return typeof name === 'string' && typeof describe === 'function' && typeof use === 'function';
}
