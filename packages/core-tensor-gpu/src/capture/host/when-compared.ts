/** The use of a recording since it was last compared with the step's JavaScript. */
export interface Use {
  /** The number of calls of the recording, including the first. */
  readonly calls: number;
  readonly sinceCompared: number;
  /** The number of periods at whose beginning it was compared. */
  readonly periods: number;
  /** Whether this is its first call in a period, e.g. an epoch. */
  readonly begins: boolean;
}

const earlyCalls: ReadonlySet<number> = new Set([10, 100]);
const mostBetween = 1000;
const firstPeriods = 16;

/**
 * Returns whether the step's JavaScript runs again at this call. It does at the 10th and 100th call, after every
 * 1,000 calls, and at the first call of each of the first 16 periods. The rule counts calls and does not use a
 * clock, so each run is the same.
 */
export function isCompared({ calls, sinceCompared, periods, begins }: Use): boolean {
  if (earlyCalls.has(calls + 1) || sinceCompared + 1 >= mostBetween) return true;
  return begins && periods < firstPeriods;
}
