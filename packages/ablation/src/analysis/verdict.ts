/** What an effect came to, in words. */
export type Verdict = 'helps' | 'hurts' | 'no effect seen' | 'changes nothing' | 'too few seeds to tell';

/** Of fewer pairs all have one sign by chance alone in 12.5 % of all cases, or more. */
const fewest = 5;

export interface Evidence {
  /** One for each seed, positive where the trick is better. */
  readonly improvements: readonly number[];
  /** Confidence interval of their mean. */
  readonly low: number;
  readonly high: number;
  /** Whether every run with the trick has the very figures, all of them, of the run without it. */
  readonly identical: boolean;
}

/**
 * - `helps`: the whole interval lies above 0; `hurts`: below.
 * - `changes nothing`: all figures are equal to the last bit with and without it, for every seed.
 * - `too few seeds to tell`: fewer than 5 pairs.
 * - `no effect seen`: all else. It does not say that there is none: more seeds may show one.
 */
export function verdictOf({ improvements, low, high, identical }: Evidence): Verdict {
  if (identical) return 'changes nothing';
  if (improvements.length < fewest) return 'too few seeds to tell';
  if (low > 0) return 'helps';
  return high < 0 ? 'hurts' : 'no effect seen';
}
