import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { randomStream } from '@cantrip/ops';

/** How well chance alone explains differences. */
export interface SignFlipTest {
  /** How often random signs give a mean at least as far from 0 as the observed one. */
  readonly p: number;
  /** The smallest p that this number of values can give: 2 / 2^n, which is 0.0625 for 5. */
  readonly smallest: number;
}

const mostEnumerated = 16;
const drawn = 9999;
const schema = v.object({ differences: v.array(v.pipe(v.number(), v.finite())) });

/**
 * The paired permutation test. If a trick has no effect, with and without can be swapped within each pair, which
 * changes the sign of a difference. Two-sided, exact up to 16 values; for more, 9,999 random sign changes are drawn.
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
  // Sums that differ only by rounding count as equal.
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
