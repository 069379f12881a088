import { CantripError, describe } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

const running: string[] = [];
const failedIn = new WeakMap<object, string>();

interface KernelRunner {
  runKernel: (name: string, ...rest: unknown[]) => unknown;
}

let naming = false;

/** Runs `fn`. During the call, {@link runningKernel} returns the kernel that the device is running. */
export function namingKernels<T>(fn: () => T): T {
  if (typeof fn !== 'function') throw noFunction(fn);
  if (naming) return fn();
  const engine = tf.engine() as unknown as KernelRunner;
  const own = Object.getOwnPropertyDescriptor(engine, 'runKernel');
  const run = engine.runKernel.bind(engine);
  naming = true;
  engine.runKernel = (name, ...rest) => {
    running.push(name);
    try {
      return run(name, ...rest);
    } catch (error) {
      if (typeof error === 'object' && error !== null && !failedIn.has(error)) failedIn.set(error, name);
      throw error;
    } finally {
      running.pop();
    }
  };
  try {
    return fn();
  } finally {
    naming = false;
    running.length = 0;
    // An open device has wrapped it too.
    if (own) Object.defineProperty(engine, 'runKernel', own);
    else Reflect.deleteProperty(engine, 'runKernel');
  }
}

/** The kernel that is running; undefined outside a kernel. */
export const runningKernel = (): string | undefined => running.at(-1);

/** The kernel that threw an error. */
export const kernelOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null ? failedIn.get(error) : undefined;

function noFunction(received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'namingKernels',
    what: `fn must be a function, got ${describe(received)}`,
    fix: 'Write namingKernels(() => …)',
  });
}
