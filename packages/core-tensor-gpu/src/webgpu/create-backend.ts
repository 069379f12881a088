import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { CantripError } from '@cantrip/errors';
import { reportFailures } from './device-failures.ts';
import type { WebgpuPackages } from './load-webgpu.ts';

/** The limits that the backend's kernels may reach; WebGPU's defaults are lower than those of most adapters. */
const limits = [
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Creates TensorFlow.js's backend on an adapter of Dawn. */
export async function createBackend(
  gpu: GPU,
  adapter: GPUAdapter,
  { dawn, WebGPUBackend }: WebgpuPackages,
): Promise<WebGPUBackend> {
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
  // The backend reads constants such as GPUBufferUsage from the global object.
  for (const [name, value] of Object.entries(dawn.globals))
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true });
  const backend = inBrowser(gpu, () => new WebGPUBackend(device, adapter.info));
  refuseSynchronousReads(backend);
  reportFailures(device, backend);
  return backend;
}

/** Runs `create` with what the backend's constructor takes for a browser, and removes it again. */
function inBrowser<T>(gpu: GPU, create: () => T): T {
  const before = ['navigator', 'window'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  const define = (name: string, value: unknown) =>
    Object.defineProperty(globalThis, name, { value, configurable: true });
  define('navigator', { gpu });
  define('window', globalThis);
  try {
    return create();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

/** The stock backend would read by a canvas, which only browsers have. Values that are still on the host can be read. */
function refuseSynchronousReads(backend: WebGPUBackend): void {
  const readSync = backend.readSync.bind(backend);
  const { tensorMap } = backend as unknown as { tensorMap: { get(id: object): Stored } };
  backend.readSync = (id) => {
    const { values, dtype } = tensorMap.get(id);
    // The parts of a complex number are read by this function too.
    if (values != null || dtype === 'string' || dtype === 'complex64') return readSync(id);
    throw new CantripError('DEVICE_READ_SYNC', {
      who: 'webgpu',
      what: 'dataSync, arraySync and what uses them cannot read a value from this device',
      fix: 'Use await tensor.data() or await tensor.array()',
    });
  };
}

interface Stored {
  readonly values?: unknown;
  readonly dtype: string;
}
