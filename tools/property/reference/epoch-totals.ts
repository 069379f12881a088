import { type HeadDraw, outputName } from '../case.ts';
import type { MeasuredHead, Summed } from './measure-head.ts';

/** Sums and weights of an epoch. */
export interface EpochTotals {
  add(heads: readonly MeasuredHead[]): void;
  /** What is logged of them. */
  figures(prefix: string): Record<string, number>;
}

/** What the loss of an output counts as in their sum. */
export const lossWeightOf = (at: number): number => (at === 1 ? 0.5 : 1);

export function epochTotals(heads: readonly HeadDraw[]): EpochTotals {
  const totals = new Map<string, Summed>();
  const addOne = (name: string, { sum, weight }: Summed): void => {
    const total = totals.get(name) ?? { sum: 0, weight: 0 };
    totals.set(name, { sum: total.sum + sum, weight: total.weight + weight });
  };
  const nameOf = (at: number, figure: string): string =>
    heads.length > 1 ? `${outputName(at)}_${figure}` : figure;
  return {
    add(measured) {
      measured.forEach(({ loss, metrics }, at) => {
        addOne(nameOf(at, 'loss'), loss);
        for (const [name, metric] of Object.entries(metrics)) addOne(nameOf(at, name), metric);
      });
    },
    figures(prefix) {
      const means = [...totals].map(
        ([name, { sum, weight }]) => [name, weight === 0 ? 0 : sum / weight] as const,
      );
      const own = Object.fromEntries(means);
      const loss = heads.reduce((sum, _, at) => sum + lossWeightOf(at) * own[nameOf(at, 'loss')]!, 0);
      return Object.fromEntries(
        Object.entries({ ...own, loss }).map(([name, value]) => [prefix + name, value]),
      );
    },
  };
}
