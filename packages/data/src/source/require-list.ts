import { CantripError, describe } from '@cantrip/errors';

/**
 * Checks that a value is an iterable, here of numbers.
 *
 * @throws CantripError OPTION_INVALID
 */
export function requireList(who: string, name: string, given: unknown): asserts given is Iterable<unknown> {
  // A string is iterable too, letter by letter.
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must be an array of numbers, got ${describe(given)}`,
    fix: given instanceof Promise ? `Await ${name} first` : `Write ${name} as [1, 2, 3]`,
  });
}
