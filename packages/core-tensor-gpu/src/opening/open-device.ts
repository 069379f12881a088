import { CantripError, describe as describeValue, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { checkKernels } from '../checked/check-kernels.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import { wasmDriver } from '../wasm/wasm-driver.ts';
import { webgpuDriver } from '../webgpu/webgpu-driver.ts';
import { registerChainedOps } from '@cantrip/ops';
import { cpuDriver } from './cpu-driver.ts';
import {
  type Device,
  type DeviceName,
  deviceNames,
  type DriverDevice,
  experimentalDeviceNames,
  type OpenDeviceOptions,
  type PassedOver,
} from '../device/device.ts';
import { DeviceAbsent } from '../device/device-absent.ts';
import type { Driver } from '../device/driver.ts';
import { makeCurrent, openBackend } from '../device/current-backend.ts';
import { requireEnvironment } from '../device/environment.ts';

/** TensorFlow, on an NVIDIA GPU or on the processor. It is imported only when it is opened. */
const nativeDriver = (name: 'cuda' | 'tensorflow'): Driver => ({
  name,
  open: async (options) => (await import('../native-device/open-native.ts')).openNative(name, options),
});

const drivers: Readonly<Record<DeviceName, Driver>> = {
  cuda: nativeDriver('cuda'),
  tensorflow: nativeDriver('tensorflow'),
  wasm: wasmDriver,
  cpu: cpuDriver,
  webgpu: webgpuDriver,
};

const names: readonly unknown[] = ['auto', ...deviceNames, ...experimentalDeviceNames];

/** A device and its backend. */
interface Held {
  readonly device: Device;
  readonly backend: tf.KernelBackend;
}

let opened: Held | undefined;
const all = new Map<DeviceName, Held>();

/** Devices are opened one after the other, because two at once would replace each other. */
let turn: Promise<unknown> = Promise.resolve();

/** Returns the device that {@link openDevice} opened last; undefined if none. */
export function openedDevice(): Device | undefined {
  return opened?.device;
}

/**
 * Opens a device and makes it the backend of tfjs-core.
 *
 * `auto` opens the best device that is present. Its description says why each better device was passed over.
 *
 * An open device is returned again if you name it, or if you pass `auto` and it was opened last. Other devices stay
 * open, with one exception: opening `cuda` closes `tensorflow`, and the reverse.
 *
 * @param name - `auto`, or one of {@link deviceNames}; or `webgpu`, which is experimental and never opened by `auto`
 * @throws CantripError DEVICE_UNKNOWN, OPTION_INVALID, DEVICE_ABSENT; LIBRARY_NOT_FOUND or LIBRARY_FOREIGN if
 *   CANTRIP_TENSORFLOW is wrong; ENVIRONMENT_TOO_LATE if TensorFlow has already read another value
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

/** Names and values that the environment of a process can hold. */
const variableName = v.pipe(v.string(), v.regex(/^[^=\0]+$/, 'must be the name of an environment variable'));
const variableValue = v.pipe(v.string(), v.regex(/^[^\0]*$/, 'must be text without a NUL'));
const optionsSchema = v.strictObject({ environment: v.optional(v.record(variableName, variableValue)) });

async function open(name: DeviceName | 'auto', options: OpenDeviceOptions): Promise<Device> {
  if (!names.includes(name)) throw unknownDevice(name);
  parseOptions('openDevice', optionsSchema, options);
  const known = name === 'auto' || name === opened?.device.name ? opened : stillOpen(name);
  if (known && tf.findBackendFactory(backendName(known.device.name)) !== null) {
    return reopen(known.device, options);
  }
  registerChainedOps();
  // This comes first, because a device may replace gradients of this registration.
  await registerGradients();
  checkKernels();
  return hold(name === 'auto' ? await openBest(options) : await drivers[name].open(options));
}

function stillOpen(name: DeviceName): Held | undefined {
  const known = all.get(name);
  return known && openBackend(backendName(name)) === known.backend ? known : undefined;
}

/** Makes an open device current again. After `tf.engine().reset()`, its backend is a new one of the same name. */
async function reopen(device: Device, options: OpenDeviceOptions): Promise<Device> {
  requireEnvironment(device.name, options.environment ?? {});
  await tf.setBackend(backendName(device.name));
  return hold(device);
}

/** Stores the device's backend and makes it current. Other code may have set another one while this waited. */
function hold(device: DriverDevice): Device {
  const { name } = device;
  const backend = openBackend(backendName(name))!;
  const known = all.get(name);
  opened =
    known?.backend === backend ? known : { backend, device: { ...device, use: () => use(name, backend) } };
  all.set(name, opened);
  makeCurrent(backendName(name), backend);
  return opened.device;
}

function use(name: DeviceName, backend: tf.KernelBackend): void {
  if (openBackend(backendName(name)) !== backend) throw closed(name);
  makeCurrent(backendName(name), backend);
}

/** Both native devices are tfjs-core's backend `tensorflow`, because their kernels are registered under that name. */
function backendName(name: DeviceName): string {
  return name === 'cuda' ? 'tensorflow' : name;
}

async function openBest(options: OpenDeviceOptions): Promise<DriverDevice> {
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
    fix: `Pass one of ${names.join(', ')}`,
  });
}

function closed(name: DeviceName): CantripError {
  const current =
    opened && opened.device.name !== name ? `${opened.device.name} was opened since then` : 'it was reset';
  return new CantripError('DEVICE_CLOSED', {
    who: name,
    what: `the device was closed, and the values on it are lost: ${current}`,
    fix: "Use only one of 'cuda' and 'tensorflow' in a process. After a reset, build the model again",
  });
}
