import type { Tensor } from '@tensorflow/tfjs-core';
import type { Kept, TalliedBatch } from '../../contract/table.ts';

/** What metrics keep on the host of the batches so far. */
export interface HostTallies {
  /** Receives what the metrics returned for batches: one tensor for each, in their order. It disposes the tensors. */
  take(tensors: readonly Tensor[]): void;
  /** Reads waiting tensors if there are many. */
  look(): Promise<void>;
  /** Reads all waiting tensors. */
  flush(): Promise<void>;
  /** What a metric keeps, after `flush`. */
  kept(name: string): Kept | undefined;
  /** Copies of what all metrics keep, after `flush`. */
  save(): Readonly<Record<string, Kept>>;
  restore(saved: Readonly<Record<string, Kept>>): void;
  clear(): void;
}

/** Reading waits for the device. It happens each time this many batches, or numbers, are waiting. */
const mostBatches = 10;
const mostNumbers = 2 ** 20;

interface Adding {
  add(before: Kept | undefined, batch: TalliedBatch): Kept;
}

export function createHostTallies(
  metrics: readonly (readonly [name: string, metric: Adding])[],
): HostTallies {
  const all = new Map<string, Kept>();
  let waiting: Tensor[] = [];
  let reading = Promise.resolve();

  async function read(): Promise<void> {
    const tensors = waiting;
    waiting = [];
    try {
      for (const [index, tensor] of tensors.entries()) {
        const [name, metric] = metrics[index % metrics.length]!;
        const values = Float32Array.from(await tensor.data());
        all.set(name, metric.add(all.get(name), { values, shape: tensor.shape }));
      }
    } finally {
      for (const tensor of tensors) tensor.dispose();
    }
  }

  /** Reads of two callers follow each other, so batches are added in their order. */
  function flush(): Promise<void> {
    reading = reading.catch(() => undefined).then(read);
    return reading;
  }

  function clear(): void {
    for (const tensor of waiting) tensor.dispose();
    waiting = [];
    all.clear();
  }

  return {
    take: (tensors) => void waiting.push(...tensors),
    async look() {
      const numbers = waiting.reduce((sum, { size }) => sum + size, 0);
      if (waiting.length >= mostBatches * metrics.length || numbers >= mostNumbers) await flush();
    },
    flush,
    kept: (name) => all.get(name),
    save: () => Object.fromEntries([...all].map(([name, kept]) => [name, copyOf(kept)])),
    restore(saved) {
      clear();
      for (const [name, kept] of Object.entries(saved)) all.set(name, copyOf(kept));
    },
    clear,
  };
}

/** A view of a larger buffer becomes an array of its own. */
const copyOf = (kept: Kept): Kept =>
  Object.fromEntries(Object.entries(kept).map(([name, values]) => [name, values.slice()]));
