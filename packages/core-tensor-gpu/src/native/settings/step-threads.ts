import { availableParallelism } from 'node:os';

/** How many threads an op of a captured step uses, and why. */
export interface StepThreads {
  readonly inOp: 'one' | 'all';
  /** The reason, as a sentence without a full stop. */
  readonly because: string;
}

/** What the choice follows from. */
export interface ThreadFacts {
  /** Why all threads are used, whatever the work of the step is. */
  readonly whyAll: string | undefined;
  /** The floating-point operations of each product of the step. */
  readonly flops: () => readonly number[];
  /** The threads that TensorFlow uses in an op otherwise. */
  readonly threads: number;
}

/** With this variable, each context of TensorFlow has threads of its own. */
export const ownPools = 'TF_OVERRIDE_GLOBAL_THREADPOOL';

export const isTurnedOff = (): boolean => process.env['CANTRIP_STEP_THREADS'] === 'all';

/** Why every step uses all threads in an op, whatever its work is; undefined if a step may use one. */
export function whyAllThreads(device: string): string | undefined {
  if (device === 'GPU') return 'the device is a GPU';
  if (isTurnedOff()) return 'CANTRIP_STEP_THREADS is all';
  const chosen = process.env['TF_NUM_INTRAOP_THREADS'];
  if (Number(chosen ?? 0) !== 0) return `TF_NUM_INTRAOP_THREADS is ${chosen}`;
  if (process.env[ownPools] !== 'true') return `${ownPools} is ${process.env[ownPools] ?? 'not set'}`;
  if (availableParallelism() === 1) return 'this process has one processor core';
  return undefined;
}

/**
 * Chooses the threads in an op of a step. One is faster if the products of the step are small. TensorFlow still runs ops
 * side by side where they do not depend on each other, e.g. the two gradients of a product.
 *
 * What counts is the product in which a typical floating-point operation is, `sum(flop²) / sum(flop)`. The rule reads
 * shapes alone, so a step has the same number of threads, and the same bits, in each run on a machine.
 */
export function chooseThreads({ whyAll, flops, threads }: ThreadFacts): StepThreads {
  if (whyAll !== undefined) return { inOp: 'all', because: whyAll };
  const typical = typicalProduct(flops());
  if (typical === undefined) {
    return { inOp: 'all', because: 'the step has no matrix products and no convolutions' };
  }
  const limit = smallProduct(threads);
  const inOp = typical < limit ? 'one' : 'all';
  const side = inOp === 'one' ? 'fewer than' : 'not fewer than';
  return {
    inOp,
    because: `a typical product of the step has ${millions(typical)} floating-point operations, ${side} ${millions(limit)}`,
  };
}

/**
 * Below so many floating-point operations in a product, one thread in an op is faster than `threads`. With 2 threads, this was
 * measured: decision 0035 has the figures. With more, it is `1.5 waking threads / (threads - 1.5)`, which was not measured.
 *
 * With one thread in an op, a third of a step's products (the forward pass) uses one core, and the two gradients of a
 * product use two, so the step has the use of 1.5 cores. With all threads, each product costs `flop / threads` and the
 * time to wake the threads. Both are equal at 24 million with 4 threads and 17 million with 16.
 */
export function smallProduct(threads: number): number {
  return threads <= 2 ? 150e6 : (1.5 * waking * threads) / (threads - 1.5);
}

/** The rule in a sentence without a full stop, for a machine with so many threads. */
export function threadRule(whyAll: string | undefined, threads: number): string {
  if (whyAll !== undefined) return `all threads in an op: ${whyAll}`;
  return `one thread in an op if a typical product has fewer than ${millions(smallProduct(threads))} floating-point operations, else all`;
}

/** The time to wake the threads of an op, in floating-point operations of one thread. */
const waking = 10e6;

function typicalProduct(flops: readonly number[]): number | undefined {
  const sum = flops.reduce((total, flop) => total + flop, 0);
  return sum === 0 ? undefined : flops.reduce((total, flop) => total + flop * flop, 0) / sum;
}

const millions = (count: number): string => `${Number((count / 1e6).toPrecision(2))} million`;
