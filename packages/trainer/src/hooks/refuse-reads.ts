import { namingKernels, runningKernel } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';

type Reader = (dataId: object) => unknown;

interface Readers {
  readSync: Reader;
  read: Reader;
}

/**
 * Runs `fn` while reading a tensor's value (`dataSync`, `data`, `array`, `print`, …) throws what `refusal` makes.
 *
 * The step is a pure tensor program, recorded once and replayed: a number read while it is built would be frozen
 * into it. Refusing it in eager runs too makes both the same. A kernel of the device may read: that is its own affair,
 * and where the step is recorded the recorder names the kernel.
 */
export function refuseReads<T>(refusal: () => Error, fn: () => T): T {
  const engine = tf.engine() as unknown as Readers;
  const { readSync, read } = engine;
  const before = { readSync: own(engine, 'readSync'), read: own(engine, 'read') };
  let refused: Error | undefined;
  const refuse = (): Error => (refused ??= refusal());
  engine.readSync = (dataId: object) => {
    if (runningKernel() === undefined) throw refuse();
    return readSync.call(engine, dataId);
  };
  // Whoever called data() may not wait for it, so a rejection could go unseen: the promise stays open instead.
  engine.read = (dataId: object) =>
    runningKernel() === undefined ? (refuse(), new Promise(() => undefined)) : read.call(engine, dataId);
  try {
    const result = namingKernels(fn);
    // Also when fn caught the error and went on.
    if (refused) throw refused as Error;
    return result;
  } finally {
    putBack(engine, 'readSync', before.readSync);
    putBack(engine, 'read', before.read);
  }
}

function own(engine: Readers, key: keyof Readers): Reader | undefined {
  return Object.hasOwn(engine, key) ? engine[key] : undefined;
}

function putBack(engine: Readers, key: keyof Readers, value: Reader | undefined): void {
  if (value === undefined) Reflect.deleteProperty(engine, key);
  else engine[key] = value;
}
