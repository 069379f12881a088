import * as tf from '@tensorflow/tfjs-core';

interface Readers {
  readSync?: unknown;
  read?: unknown;
}

/**
 * Runs `fn` while reading a tensor's value (`dataSync`, `data`, `array`, `print`, …) throws what `refusal` makes.
 *
 * The step is a pure tensor program, recorded once and replayed: a number read while it is built would be frozen
 * into it. Refusing it in eager runs too makes both the same.
 */
export function refuseReads<T>(refusal: () => Error, fn: () => T): T {
  const engine = tf.engine() as unknown as Readers;
  const before = { readSync: own(engine, 'readSync'), read: own(engine, 'read') };
  const refuse = (): never => {
    throw refusal();
  };
  engine.readSync = refuse;
  engine.read = refuse;
  try {
    return fn();
  } finally {
    putBack(engine, 'readSync', before.readSync);
    putBack(engine, 'read', before.read);
  }
}

function own(engine: Readers, key: keyof Readers): unknown {
  return Object.hasOwn(engine, key) ? engine[key] : undefined;
}

function putBack(engine: Readers, key: keyof Readers, value: unknown): void {
  if (value === undefined) delete engine[key];
  else engine[key] = value;
}
