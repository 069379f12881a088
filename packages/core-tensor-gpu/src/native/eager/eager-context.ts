import type { Pointer } from '../api/c-api.ts';
import { check, type NativeLibrary } from '../api/native-library.ts';

/** One device of a context. */
export interface ContextDevice {
  readonly name: string;
  /** `CPU` or `GPU`. */
  readonly type: string;
  readonly memory: number;
}

/** The context that runs eager ops. */
export interface EagerContext {
  readonly pointer: Pointer;
  readonly devices: readonly ContextDevice[];
  /** The device of tensors: the last GPU in the list, else the CPU, as in tfjs-node. */
  readonly home: ContextDevice;
  close(): void;
}

/** `ConfigProto { device_count { key: "GPU" value: 0 } }`: no GPU in this context, even if the machine has one. */
const withoutGpu = Uint8Array.from([0x0a, 0x07, 0x0a, 0x03, 0x47, 0x50, 0x55, 0x10, 0x00]);

/** `intra_op_parallelism_threads: 1`: ops of this context use one thread each. */
const oneThread = Uint8Array.from([...withoutGpu, 0x10, 0x01]);

export interface ContextOptions {
  readonly gpu: boolean;
  /** Whether each op uses one thread; only without a GPU. */
  readonly oneThread?: boolean;
}

/** Creates a context. Its configuration cannot be changed later. */
export function openContext(library: NativeLibrary, options: ContextOptions): EagerContext {
  const { api, status } = library;
  const config = options.oneThread ? oneThread : withoutGpu;
  const settings = api.newContextOptions();
  try {
    if (!options.gpu) api.setContextConfig(settings, config, config.length, status);
    check(library, 'TFE_ContextOptionsSetConfig');
    const pointer = api.newContext(settings, status);
    check(library, 'TFE_NewContext');
    const devices = listDevices(library, pointer);
    const home =
      devices.findLast(({ type }) => type === 'GPU') ?? devices.find(({ type }) => type === 'CPU')!;
    return { pointer, devices, home, close: () => api.deleteContext(pointer) };
  } finally {
    api.deleteContextOptions(settings);
  }
}

function listDevices(library: NativeLibrary, context: Pointer): ContextDevice[] {
  const { api, status } = library;
  const list = api.listDevices(context, status);
  check(library, 'TFE_ContextListDevices');
  const devices = Array.from({ length: api.deviceCount(list) }, (_, index) => ({
    name: api.deviceName(list, index, status),
    type: api.deviceType(list, index, status),
    memory: api.deviceMemory(list, index, status),
  }));
  api.deleteDeviceList(list);
  return devices;
}
