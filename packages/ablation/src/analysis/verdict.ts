/** The verdict on an effect, in words. */
export type Verdict = 'helps' | 'hurts' | 'no effect seen' | 'changes nothing' | 'too few seeds to tell';

/** With fewer pairs, all have the same sign by chance alone in at least 12.5 % of all cases. */
const fewest = 5;

export interface Evidence {
  /** One improvement for each seed, positive if the trick is better. */
  readonly improvements: readonly number[];
  /** The confidence interval of their mean. */
  readonly low: number;
  readonly high: number;
  /** Whether every run with the trick has exactly the same figures as the run without it. */
  readonly identical: boolean;
}

/**
 * - `helps`: the whole interval is above 0; `hurts`: below 0.
 * - `changes nothing`: all figures are equal to the last bit with and without it, for every seed.
 * - `too few seeds to tell`: fewer than 5 pairs.
 * - `no effect seen`: otherwise. More seeds may still show an effect.
 */
export function verdictOf({ improvements, low, high, identical }: Evidence): Verdict {
  if (identical) return 'changes nothing';
  if (improvements.length < fewest) return 'too few seeds to tell';
  if (low > 0) return 'helps';
  return high < 0 ? 'hurts' : 'no effect seen';
}
