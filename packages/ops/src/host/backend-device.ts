import { CantripError, checkArgument } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Device } from './device.ts';

/** What a browser and newer versions of Node tell. */
interface Browser {
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/**
 * The backend that TensorFlow.js has, as a device for a trainer: WebGL, WebGPU, wasm or cpu in a browser, any in Node.
 *
 * Its steps run op by op. In Node `openDevice` of `@cantrip/core-tensor-gpu` has faster ones.
 *
 * @param name - a backend that was registered; by default the one that is in use, or the best one
 * @throws CantripError OPTION_INVALID where it is no text; DEVICE_ABSENT where there is no such backend, or it does not start
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-webgl';
 *
 * const device = await backendDevice('webgl');
 * device.describe().name; // webgl
 * ```
 */
export async function backendDevice(name?: string): Promise<Device> {
  checkArgument('backendDevice', 'name', nameCheck, name);
  const backendName = name ?? (await startBest());
  if (tf.findBackendFactory(backendName) === null || !(await tf.setBackend(backendName))) {
    throw absent(backendName);
  }
  const backend = tf.backend();
  const description = {
    name: backendName,
    version: `tfjs-core ${tf.version_core}`,
    threads: (globalThis as Browser).navigator?.hardwareConcurrency ?? 1,
    hardware: `the backend ${backendName} of TensorFlow.js`,
    memory: 0,
    passedOver: [],
  };
  return {
    name: backendName,
    describe: () => description,
    use() {
      if (tf.engine().registry[backendName] !== backend) throw closed(backendName);
      Object.assign(tf.engine(), { backendName, backendInstance: backend, pendingBackendInit: null });
    },
  };
}

const nameCheck = (name: unknown): string | undefined =>
  name === undefined || typeof name === 'string' ? undefined : 'must be the name of a backend';

async function startBest(): Promise<string> {
  try {
    await tf.ready();
  } catch (cause) {
    throw absent(undefined, cause);
  }
  return tf.getBackend();
}

function absent(name: string | undefined, cause?: unknown): CantripError {
  return new CantripError('DEVICE_ABSENT', {
    who: 'backendDevice',
    what:
      name === undefined
        ? 'TensorFlow.js has no backend that starts'
        : `TensorFlow.js has no backend ${name}, or it does not start here`,
    fix: "Import a backend first, e.g. import '@tensorflow/tfjs-backend-webgl'",
    cause,
  });
}

function closed(name: string): CantripError {
  return new CantripError('DEVICE_CLOSED', {
    who: name,
    what: 'the backend was reset or removed, and the values on it are gone',
    fix: 'Call backendDevice again, and build the model anew',
  });
}
