import { CantripError, describe } from '@cantrip/errors';

/**
 * What can be gone through, for its numbers.
 *
 * @throws CantripError OPTION_INVALID
 */
export function requireList(who: string, name: string, given: unknown): asserts given is Iterable<unknown> {
  // A text can be gone through too, letter by letter.
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must be a list of numbers, got ${describe(given)}`,
    fix: given instanceof Promise ? `Await ${name} first` : `Write ${name} as [1, 2, 3]`,
  });
}
