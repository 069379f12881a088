import { CantripError, describe } from '@cantrip/errors';

/** Whether `value` is a seed: an integer in [0, 2^53). */
export function isSeed(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What {@link isSeed} asks, in the words of an error. */
export const seedExpected = 'must be an integer in [0, 2^53)';

/** @throws CantripError OPTION_INVALID unless it is a seed */
export function checkSeed(who: string, seed: unknown): asserts seed is number {
  if (isSeed(seed)) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `seed ${seedExpected}, got ${describe(seed)}`,
    fix: `Give it such a seed, e.g. ${who}(42)`,
  });
}
