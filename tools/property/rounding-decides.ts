import type { Case } from './case.ts';
import { expectSame, type Tolerances } from './compare.ts';
import type { Way } from './make-trainer.ts';
import { type Outcome, runCase } from './run-case.ts';

/** So many first weights that differ by one rounding are tried. Few are enough mostly; some models have one weight that counts. */
const NUDGES = 16;

/**
 * Whether a training moves beyond `tolerances` when each first weight moves by one rounding of float32.
 *
 * A training rounds many times, so the tolerances are a part of what two ways may differ by.
 * Two ways that both round rightly then need not agree. Batch norm over a batch of equal rows is such a training:
 * the variance is 0, so each layer multiplies the rounding of the mean by 32, and its gradient by 32 again.
 */
export async function roundingDecides(
  given: Case,
  way: Way,
  outcome: Outcome,
  tolerances: Tolerances,
): Promise<boolean> {
  for (let nudge = 1; nudge <= NUDGES; nudge++) {
    const moved = await runCase({ ...given, model: { ...given.model, nudge } }, way);
    try {
      expectSame(moved, outcome, tolerances);
    } catch {
      return true;
    }
  }
  return false;
}
