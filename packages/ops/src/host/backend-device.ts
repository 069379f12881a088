import { CantripError, type Check, checkArgument } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Device } from './device.ts';

/** What browsers and newer versions of Node tell about the machine. */
interface Browser {
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/**
 * Makes a backend of TensorFlow.js usable as a trainer's device: WebGL, WebGPU, wasm or cpu in a browser; any
 * backend in Node.
 *
 * Its steps run op by op. In Node, `openDevice` of `@cantrip/core-tensor-gpu` opens faster devices.
 *
 * @param name - the name of a registered backend; by default the current backend, or the best one
 * @throws CantripError OPTION_INVALID if the name is not a string; DEVICE_ABSENT if the backend does not exist or
 *   does not start
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

const nameCheck: Check<string | undefined> = (name) =>
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
        : `TensorFlow.js has no backend ${name}, or that backend does not start here`,
    fix: "Import a backend first, e.g. import '@tensorflow/tfjs-backend-webgl'",
    cause,
  });
}

function closed(name: string): CantripError {
  return new CantripError('DEVICE_CLOSED', {
    who: name,
    what: 'the backend was reset or removed, and the values on it are lost',
    fix: 'Call backendDevice() again, and build the model again',
  });
}
