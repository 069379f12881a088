import type { DeviceName, DriverDevice, OpenDeviceOptions } from './device.ts';

/** Opens one kind of device. A new device is one driver file, its name in `deviceNames` and its line in `drivers`. */
export interface Driver {
  readonly name: DeviceName;
  /**
   * Opens the device and makes it the backend of tfjs-core. The description's `passedOver` is left empty.
   *
   * @throws DeviceAbsent where this machine or this process cannot have it
   */
  open(options: OpenDeviceOptions): Promise<DriverDevice>;
}
