/** How a recording has been used since it was last compared with what the step's JavaScript does. */
export interface Use {
  /** That it served, the first one included. */
  readonly calls: number;
  readonly sinceCompared: number;
  /** In how many periods it was compared because they began. */
  readonly periods: number;
  /** Whether this is its first call in a period, e.g. an epoch. */
  readonly begins: boolean;
}

const earlyCalls: ReadonlySet<number> = new Set([10, 100]);
const mostBetween = 1000;
const firstPeriods = 16;

/**
 * Whether the step's JavaScript runs again at this call: at the 10th, the 100th and after every 1,000, and at the first
 * one of the first 16 periods. Numbers of calls and not a clock decide, so that a run is the same each time.
 */
export function isCompared({ calls, sinceCompared, periods, begins }: Use): boolean {
  if (earlyCalls.has(calls + 1) || sinceCompared + 1 >= mostBetween) return true;
  return begins && periods < firstPeriods;
}
