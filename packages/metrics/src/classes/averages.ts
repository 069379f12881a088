import type { Average } from './average.ts';

/** Sums of the weights of a class. */
export interface Counts {
  /** Targets of this class that were predicted. */
  readonly hits: number;
  /** Predictions of this class. */
  readonly predicted: number;
  /** Targets of this class. */
  readonly wanted: number;
}

/** A figure of a class, before the division. */
export type Ratio = (counts: Counts) => readonly [part: number, whole: number];

interface Averaging {
  readonly multiLabel: boolean;
  readonly zeroDivision: number;
  valueOf(counts: Counts): number;
}

/** The figures of all classes as one, as in scikit-learn. */
export function averaged(
  counts: readonly Counts[],
  average: Exclude<Average, 'each'>,
  { multiLabel, zeroDivision, valueOf }: Averaging,
): number {
  if (average === 'micro') {
    const total = (part: keyof Counts): number => counts.reduce((sum, one) => sum + one[part], 0);
    return valueOf({ hits: total('hits'), predicted: total('predicted'), wanted: total('wanted') });
  }
  // A class that does not occur says nothing about the predictions. Each label is a question of its own.
  const present = counts.filter(({ predicted, wanted }) => multiLabel || predicted > 0 || wanted > 0);
  const factors = present.map(({ wanted }) => (average === 'weighted' ? wanted : 1));
  const whole = factors.reduce((sum, factor) => sum + factor, 0);
  if (whole === 0) return present.length === 0 ? 0 : zeroDivision;
  return present.reduce((sum, one, index) => sum + factors[index]! * valueOf(one), 0) / whole;
}
