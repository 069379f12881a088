import type { Device as AnyDevice, DeviceName } from '@cantrip/ops';

export {
  type DeviceDescription,
  type DeviceName,
  deviceNames,
  experimentalDeviceNames,
  type LibrarySettings,
  type OpenDeviceOptions,
  type PassedOver,
} from '@cantrip/ops';

/** The result of {@link openDevice}. */
export type Device = AnyDevice<DeviceName>;

/** The result of a driver. */
export type DriverDevice = Omit<Device, 'use'>;
