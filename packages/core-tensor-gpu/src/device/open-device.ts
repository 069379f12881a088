import { CantripError, describe as describeValue } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { correctGradients } from '../fused/corrected-gradients.ts';
import { registerAbsentGradients } from '../gradients/absent-gradients.ts';
import { differentiateDilatedConvolutions } from '../gradients/dilated-convolutions.ts';
import { cudaDriver, tensorflowDriver } from '../native/native-driver.ts';
import { wasmDriver } from '../wasm/wasm-driver.ts';
import { registerChainedOps } from './chained-ops.ts';
import { cpuDriver } from './cpu-driver.ts';
import {
  type Device,
  type DeviceName,
  deviceNames,
  type OpenDeviceOptions,
  type PassedOver,
} from './device.ts';
import { DeviceAbsent } from './device-absent.ts';
import type { Driver } from './driver.ts';
import { requireEnvironment } from './environment.ts';

const drivers: Readonly<Record<DeviceName, Driver>> = {
  cuda: cudaDriver,
  tensorflow: tensorflowDriver,
  wasm: wasmDriver,
  cpu: cpuDriver,
};

let opened: Device | undefined;

/** Devices are opened one after the other: two at once would each take the other's place. */
let turn: Promise<unknown> = Promise.resolve();

/** The device that {@link openDevice} opened last, or undefined. */
export function openedDevice(): Device | undefined {
  return opened;
}

/**
 * Opens a device and makes it the backend of tfjs-core; `auto` takes the best one present, and its description
 * says why each better one was passed over.
 *
 * A device that is open already is given again where it is the one asked for, or where `auto` is.
 *
 * @param name - `auto`, or one of {@link deviceNames}
 * @throws CantripError DEVICE_UNKNOWN, DEVICE_ABSENT; LIBRARY_NOT_FOUND and LIBRARY_FOREIGN where
 * CANTRIP_TENSORFLOW is wrong; ENVIRONMENT_TOO_LATE where TensorFlow has already read another value
 * @example
 * ```ts
 * const device = await openDevice();
 * device.describe().passedOver; // [{ name: 'cuda', reason: 'no NVIDIA driver …', fix: … }]
 * ```
 */
export function openDevice(
  name: DeviceName | 'auto' = 'auto',
  options: OpenDeviceOptions = {},
): Promise<Device> {
  const device = turn.then(() => open(name, options));
  turn = device.catch(() => undefined);
  return device;
}

async function open(name: DeviceName | 'auto', options: OpenDeviceOptions): Promise<Device> {
  if (name !== 'auto' && !deviceNames.includes(name)) throw unknownDevice(name);
  if (opened !== undefined && (name === 'auto' || name === opened.name)) return reopen(opened, options);
  registerChainedOps();
  // First: what a device puts in the place of a gradient must stand above.
  correctGradients();
  differentiateDilatedConvolutions();
  registerAbsentGradients();
  opened = name === 'auto' ? await openBest(options) : await drivers[name].open(options);
  return opened;
}

async function reopen(device: Device, options: OpenDeviceOptions): Promise<Device> {
  requireEnvironment(device.name, options.environment ?? {});
  await tf.setBackend(backendName(device.name));
  return device;
}

/** Both native devices are tfjs-core's backend `tensorflow`, because their kernels are registered under that name. */
function backendName(name: DeviceName): string {
  return name === 'cuda' ? 'tensorflow' : name;
}

async function openBest(options: OpenDeviceOptions): Promise<Device> {
  const passedOver: PassedOver[] = [];
  for (const name of deviceNames) {
    try {
      const device = await drivers[name].open(options);
      return { ...device, describe: () => ({ ...device.describe(), passedOver }) };
    } catch (error) {
      if (!(error instanceof DeviceAbsent)) throw error;
      const { reason, command } = error.absence;
      passedOver.push({ name, reason, ...(command !== undefined && { fix: command }) });
    }
  }
  throw new Error('unreachable: the cpu device is always there');
}

function unknownDevice(name: unknown): CantripError {
  return new CantripError('DEVICE_UNKNOWN', {
    who: 'openDevice',
    what: `there is no device ${describeValue(name)}`,
    fix: `Ask for one of auto, ${deviceNames.join(', ')}`,
  });
}
