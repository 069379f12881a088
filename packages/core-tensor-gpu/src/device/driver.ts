import type { DeviceName, DriverDevice, OpenDeviceOptions } from './device.ts';

/** Opens one kind of device. A new device needs a driver, its name in `deviceNames` and its line in `drivers`. */
export interface Driver {
  readonly name: DeviceName;
  /**
   * Opens the device and makes it the backend of tfjs-core. `passedOver` of the description stays empty.
   *
   * @throws DeviceAbsent if this machine or process cannot open it
   */
  open(options: OpenDeviceOptions): Promise<DriverDevice>;
}
