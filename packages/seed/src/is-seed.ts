import { CantripError, describe } from '@cantrip/errors';

/** Whether a value is a seed: an integer in [0, 2^53). */
export function isSeed(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What {@link isSeed} expects, for an error message. */
export const seedExpected = 'must be an integer in [0, 2^53)';

/** @throws CantripError OPTION_INVALID if it is not a seed */
export function checkSeed(who: string, seed: unknown): asserts seed is number {
  if (isSeed(seed)) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `seed ${seedExpected}, got ${describe(seed)}`,
    fix: `Pass such an integer, for example ${who}(42)`,
  });
}
