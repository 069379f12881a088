export {
  type Device,
  type DeviceDescription,
  type DeviceName,
  deviceNames,
  type OpenDeviceOptions,
  type PassedOver,
} from './device/device.ts';
export type { HostBatch, HostTensor, HostTensors, Normalization } from './device/host-tensor.ts';
