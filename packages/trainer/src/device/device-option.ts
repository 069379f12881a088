import { CantripError, describe } from '@cantrip/errors';
import { type Device, type DeviceName, deviceNames } from '@cantrip/ops';

/**
 * Where a trainer trains: `auto` or a name, which needs `@cantrip/core-tensor-gpu` and Node; or a device that is open, e.g.
 * `await backendDevice()` of `@cantrip/ops` in a browser.
 */
export type DeviceOption = DeviceName | 'auto' | Device;

/** @throws CantripError DEVICE_UNKNOWN */
export function checkDevice(device: DeviceOption): DeviceOption {
  if (device === 'auto' || deviceNames.includes(device as DeviceName) || isDevice(device)) return device;
  throw new CantripError('DEVICE_UNKNOWN', {
    who: 'createTrainer',
    what: `there is no device ${describe(device)}`,
    fix:
      (device as unknown) instanceof Promise
        ? 'Await device first'
        : `Devices are auto, ${deviceNames.join(', ')}`,
  });
}

function isDevice(value: unknown): value is Device {
  const { name, describe, use } = (value ?? {}) as Partial<Record<keyof Device, unknown>>;
  return typeof name === 'string' && typeof describe === 'function' && typeof use === 'function';
}
