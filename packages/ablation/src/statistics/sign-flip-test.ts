import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { randomStream } from '@cantrip/ops';

/** How far chance alone explains differences. */
export interface SignFlipTest {
  /** How often signs at random give a mean as far from 0 as the one that was seen. */
  readonly p: number;
  /** The smallest p that so many values can have: 2 / 2^n, which is 0.0625 for 5. */
  readonly smallest: number;
}

const mostEnumerated = 16;
const drawn = 9999;
const schema = v.object({ differences: v.array(v.pipe(v.number(), v.finite())) });

/**
 * The paired permutation test: if a trick did nothing, with and without could be exchanged within each pair, and
 * every difference have the other sign. Two-sided, exact up to 16 values; of more, 9,999 exchanges are drawn.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * signFlipTest([0.4, 0.1, 0.5, 0.3, 0.2]); // { p: 0.0625, smallest: 0.0625 }
 * ```
 * @see Fisher, The design of experiments, 1935, section 21
 */
export function signFlipTest(differences: readonly number[]): SignFlipTest {
  parseOptions('signFlipTest', schema, { differences });
  const count = differences.length;
  const seen = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  // Sums that are equal but for rounding count as equal.
  const enough = seen * (1 - 1e-14);
  if (count > mostEnumerated) return { p: drawnP(differences, enough), smallest: 1 / (drawn + 1) };
  const all = 2 ** count;
  let reached = 0;
  for (let signs = 0; signs < all; signs++) {
    const sum = differences.reduce((total, value, at) => total + ((signs >> at) & 1 ? value : -value), 0);
    if (Math.abs(sum) >= enough) reached += 1;
  }
  return { p: reached / all, smallest: Math.min(1, 2 / all) };
}

function drawnP(differences: readonly number[], enough: number): number {
  const random = randomStream({ seed: 0, stream: 'sign-flip' });
  let reached = 1;
  for (let draw = 0; draw < drawn; draw++) {
    const sum = differences.reduce((total, value) => total + (random.integer(2) === 1 ? value : -value), 0);
    if (Math.abs(sum) >= enough) reached += 1;
  }
  return reached / (drawn + 1);
}
