import * as tf from '@tensorflow/tfjs-core';

/** What `tf.setBackend` sets and, of a backend that is initialised, needs no promise for. */
interface Current {
  backendName: string | null;
  backendInstance: tf.KernelBackend | null;
  /** While it is there, every op of the process throws. */
  pendingBackendInit: Promise<boolean> | null;
  initializeBackend(name: string): { readonly success: boolean | Promise<boolean> };
}

const current = (): Current => tf.engine() as unknown as Current;

/** tfjs-core's backend of a name, if it is initialised; asking `tf.findBackend` would initialise it. */
export function openBackend(name: string): tf.KernelBackend | undefined {
  return tf.engine().registry[name];
}

/** Makes a backend the one that ops run on, here and now: between two awaits nobody can change that. */
export function makeCurrent(backendName: string, backendInstance: tf.KernelBackend): void {
  Object.assign(current(), { backendName, backendInstance, pendingBackendInit: null });
}

/** `tf.setBackend` of one that takes a while to start, during which what others compute goes on where it was. */
export async function startBackend(name: string): Promise<void> {
  if (openBackend(name) === undefined) {
    const { success } = current().initializeBackend(name);
    current().pendingBackendInit = null;
    await success;
  }
  await tf.setBackend(name);
}

/** Runs `fn` on a backend, and puts back the one that was current. */
export function onBackend<T>(name: string, backend: tf.KernelBackend, fn: () => T): T {
  const { backendName, backendInstance } = current();
  makeCurrent(name, backend);
  try {
    return fn();
  } finally {
    Object.assign(current(), { backendName, backendInstance });
  }
}
