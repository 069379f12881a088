import type { KernelRun } from '../kernels/watch-kernels.ts';

/** What the ops of one kind take of a step. */
export interface OpTime {
  /** The name of TensorFlow.js's kernel, e.g. `Conv2DBackpropFilter`. */
  readonly op: string;
  /** How often a step runs it. */
  readonly count: number;
  /** All of them in a step: the median over the steps. */
  readonly milliseconds: number;
  /** Of the time of all ops, from 0 to 1. */
  readonly share: number;
}

/** The kernels of steps by their names; those that take longest first. */
export function opTimes(steps: readonly (readonly KernelRun[])[]): readonly OpTime[] {
  const totals = steps.map(totalsOf);
  const names = [...new Set(totals.flatMap((total) => [...total.keys()]))];
  const ops = names.map((op) => {
    const ofOp = totals.map((total) => total.get(op) ?? nothing);
    return {
      op,
      count: median(ofOp.map(({ count }) => count)),
      milliseconds: median(ofOp.map(({ milliseconds }) => milliseconds)),
    };
  });
  const all = ops.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return ops
    .map((one) => ({ ...one, share: all > 0 ? one.milliseconds / all : 0 }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

const nothing = { count: 0, milliseconds: 0 };

function totalsOf(kernels: readonly KernelRun[]): ReadonlyMap<string, typeof nothing> {
  const totals = new Map<string, typeof nothing>();
  const add = ({ name, milliseconds, within }: KernelRun): void => {
    const before = totals.get(name) ?? nothing;
    totals.set(name, { count: before.count + 1, milliseconds: before.milliseconds + milliseconds });
    within.forEach(add);
  };
  kernels.forEach(add);
  return totals;
}

/** @param values - at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
