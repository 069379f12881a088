import * as tf from '@tensorflow/tfjs-core';
import type { Logs } from '../plugins/plugin.ts';

/** Sums of an epoch's figures, kept on the device until the epoch ends. */
export interface Totals {
  /** Adds a batch's means, weighted by its size. */
  add(means: Readonly<Record<string, tf.Scalar>>, size: number): void;
  /** The means over all examples so far. */
  means(): Promise<Logs>;
  /** Sums and examples as plain numbers, and back. */
  save(): Promise<SavedTotals>;
  restore(saved: SavedTotals): void;
  clear(): void;
}

export interface SavedTotals {
  readonly sums: Readonly<Record<string, number>>;
  readonly examples: number;
}

export function createTotals(): Totals {
  const sums = new Map<string, tf.Tensor>();
  let examples = 0;
  const clear = (): void => {
    tf.dispose([...sums.values()]);
    sums.clear();
    examples = 0;
  };
  const read = async (): Promise<Record<string, number>> => {
    const values = await Promise.all(
      [...sums].map(async ([name, sum]) => [name, (await sum.data())[0]!] as const),
    );
    return Object.fromEntries(values);
  };
  return {
    add(means, size) {
      for (const [name, mean] of Object.entries(means)) {
        const before = sums.get(name);
        // Kept: a sum outlives the scope that its means come from.
        sums.set(
          name,
          tf.keep(tf.tidy(() => (before ? tf.add(before, tf.mul(mean, size)) : tf.mul(mean, size)))),
        );
        before?.dispose();
      }
      examples += size;
    },
    async means() {
      const count = examples;
      return Object.fromEntries(Object.entries(await read()).map(([name, sum]) => [name, sum / count]));
    },
    save: async () => ({ sums: await read(), examples }),
    restore(saved) {
      clear();
      for (const [name, sum] of Object.entries(saved.sums)) sums.set(name, tf.scalar(sum));
      examples = saved.examples;
    },
    clear,
  };
}
