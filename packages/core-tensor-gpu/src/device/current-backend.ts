import * as tf from '@tensorflow/tfjs-core';

/** The parts of `tf.setBackend` that an initialised backend needs. They need no promise. */
interface Current {
  backendName: string | null;
  backendInstance: tf.KernelBackend | null;
  /** While this is set, every op of the process throws. */
  pendingBackendInit: Promise<boolean> | null;
  initializeBackend(name: string): { readonly success: boolean | Promise<boolean> };
}

const current = (): Current => tf.engine() as unknown as Current;

/** Returns tfjs-core's backend of a name, if it is initialised. `tf.findBackend` would initialise it. */
export function openBackend(name: string): tf.KernelBackend | undefined {
  return tf.engine().registry[name];
}

/** Makes a backend current synchronously, so no other code can change it in between. */
export function makeCurrent(backendName: string, backendInstance: tf.KernelBackend): void {
  Object.assign(current(), { backendName, backendInstance, pendingBackendInit: null });
}

/** Sets a backend that starts asynchronously. Until it has started, other code keeps its backend. */
export async function startBackend(name: string): Promise<void> {
  if (openBackend(name) === undefined) {
    const { success } = current().initializeBackend(name);
    current().pendingBackendInit = null;
    await success;
  }
  await tf.setBackend(name);
}

/** Runs `fn` on a backend, and restores the current one. */
export function onBackend<T>(name: string, backend: tf.KernelBackend, fn: () => T): T {
  const { backendName, backendInstance } = current();
  makeCurrent(name, backend);
  try {
    return fn();
  } finally {
    Object.assign(current(), { backendName, backendInstance });
  }
}
