import { namingKernels, runningKernel } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';

type Reader = (dataId: object) => unknown;

interface Readers {
  readSync: Reader;
  read: Reader;
}

/**
 * Runs `fn`. Meanwhile, reading a tensor's value (`dataSync`, `data`, `array`, `print`, …) throws the error of
 * `refusal`.
 *
 * The step is a pure tensor program, recorded once and replayed. A number that is read while it is recorded would
 * stay the same in every replay. Reads are refused in eager runs too, so both behave the same. Kernels of the device
 * may read; if the step is recorded, the recorder names such a kernel.
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
  // The caller of data() may not await it, so a rejected promise could go unnoticed. A promise that stays open is
  // returned instead.
  engine.read = (dataId: object) =>
    runningKernel() === undefined ? (refuse(), new Promise(() => undefined)) : read.call(engine, dataId);
  try {
    const result = namingKernels(fn);
    // Also if fn caught the error and continued.
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
