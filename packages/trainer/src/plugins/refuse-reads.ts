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
  let refused: Error | undefined;
  const refuse = (): Error => (refused ??= refusal());
  engine.readSync = (): never => {
    throw refuse();
  };
  // Whoever called data() may not wait for it, so a rejection could go unseen: the promise stays open instead.
  engine.read = () => (refuse(), new Promise(() => undefined));
  try {
    const result = fn();
    // Also when fn caught the error and went on.
    if (refused) throw refused as Error;
    return result;
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
