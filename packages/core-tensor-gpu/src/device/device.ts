import type { Device as AnyDevice, DeviceName } from '@cantrip/ops';

export {
  type DeviceDescription,
  type DeviceName,
  deviceNames,
  type LibrarySettings,
  type OpenDeviceOptions,
  type PassedOver,
} from '@cantrip/ops';

/** What {@link openDevice} gives. */
export type Device = AnyDevice<DeviceName>;

/** What a driver gives. */
export type DriverDevice = Omit<Device, 'use'>;
