import * as tf from '@tensorflow/tfjs-core';
import type { Logs } from '../plugins/plugin.ts';

/** Sums of an epoch's figures, kept on the device until the epoch ends. */
export interface Totals {
  /** Step side: adds a batch's means, weighted by its size, which differs where batches are filled up. */
  add(means: Readonly<Record<string, tf.Scalar>>, size: tf.Scalar): void;
  /** Host side: as many examples were added. */
  count(size: number): void;
  /** The means over all examples so far. */
  means(): Promise<Logs>;
  /** Sums and examples as plain numbers, and back. */
  save(): Promise<SavedTotals>;
  restore(saved: SavedTotals): void;
  /** Begins anew. */
  clear(): void;
  dispose(): void;
}

export interface SavedTotals {
  readonly sums: Readonly<Record<string, number>>;
  readonly examples: number;
}

export function createTotals(): Totals {
  const sums = new Map<string, tf.Variable>();
  let examples = 0;

  function sumOf(name: string): tf.Variable {
    const sum = sums.get(name) ?? tf.tidy(() => tf.variable(tf.scalar(0), false));
    sums.set(name, sum);
    return sum;
  }

  function set(name: string, value: number): void {
    tf.tidy(() => sumOf(name).assign(tf.scalar(value)));
  }

  function clear(): void {
    for (const name of sums.keys()) set(name, 0);
    examples = 0;
  }

  async function read(): Promise<Record<string, number>> {
    const values = await Promise.all(
      [...sums].map(async ([name, sum]) => [name, (await sum.data())[0]!] as const),
    );
    return Object.fromEntries(values);
  }

  return {
    clear,
    add: (means, size) =>
      tf.tidy(() => {
        for (const [name, mean] of Object.entries(means)) {
          const sum = sumOf(name);
          sum.assign(tf.add(sum, tf.mul(mean, size)));
        }
      }),
    count: (size) => void (examples += size),
    async means() {
      const count = examples;
      return Object.fromEntries(Object.entries(await read()).map(([name, sum]) => [name, sum / count]));
    },
    save: async () => ({ sums: await read(), examples }),
    restore(saved) {
      clear();
      for (const [name, sum] of Object.entries(saved.sums)) set(name, sum);
      examples = saved.examples;
    },
    dispose() {
      for (const sum of sums.values()) sum.dispose();
      sums.clear();
    },
  };
}
