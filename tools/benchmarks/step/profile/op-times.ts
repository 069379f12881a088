import type { NodeTime } from './run-metadata.ts';
import { spreadOf } from '../../measuring/spread.ts';

/** What the ops of one type take of a step. */
export interface OpTime {
  readonly op: string;
  /** Of them in a step. */
  readonly count: number;
  /** All of them in a step, the median over the steps. */
  readonly milliseconds: number;
  /** Of the time of all ops, 0 to 1. */
  readonly share: number;
}

/** The ops of traced steps by their type, or each by itself; the longest first. */
export function opTimes(steps: readonly (readonly NodeTime[])[], byNode = false): OpTime[] {
  const totals = steps.map((nodes) => totalsOf(nodes, byNode ? ({ label }) => label : typeOf));
  const names = [...new Set(totals.flatMap((total) => [...total.keys()]))];
  const ops = names.map((op) => {
    const ofOp = totals.map((total) => total.get(op) ?? { count: 0, milliseconds: 0 });
    const median = (values: readonly number[]): number => spreadOf(values).median;
    return {
      op,
      count: median(ofOp.map(({ count }) => count)),
      milliseconds: median(ofOp.map(({ milliseconds }) => milliseconds)),
    };
  });
  const all = ops.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return ops
    .map((one) => ({ ...one, share: one.milliseconds / all }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Whether an op is one of those that the FLOP of a step are counted from, oneDNN's variants among them. */
export function isProduct({ op }: Pick<OpTime, 'op'>): boolean {
  return /MatMul|Conv2[dD]/.test(op);
}

function typeOf({ label }: NodeTime): string {
  return /= (\w+)\(/.exec(label)?.[1] ?? label;
}

interface Total {
  readonly count: number;
  readonly milliseconds: number;
}

function totalsOf(nodes: readonly NodeTime[], nameOf: (node: NodeTime) => string): Map<string, Total> {
  const totals = new Map<string, Total>();
  for (const node of nodes) {
    const name = nameOf(node);
    const { count, milliseconds } = totals.get(name) ?? { count: 0, milliseconds: 0 };
    totals.set(name, { count: count + 1, milliseconds: milliseconds + node.milliseconds });
  }
  return totals;
}
