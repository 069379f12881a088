import { CantripError } from '@cantrip/errors';

/**
 * The names of classes: those that were given, or their indices.
 *
 * @throws CantripError OPTION_INVALID if there is another number of classes
 */
export function nameClasses(
  who: string,
  names: readonly string[] | undefined,
  classes: number,
): readonly string[] {
  if (!names) return Array.from({ length: classes }, (_, index) => String(index));
  checkCount(who, names, classes);
  return names;
}

/**
 * Checks that there is one name for each class.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkCount(who: string, names: readonly string[] | undefined, classes: number): void {
  if (!names || names.length === classes || classes === -1) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `classNames must have ${classes} names, one for each class, got ${names.length}`,
    fix: `Set classNames to ${classes} names, in the order of the classes`,
  });
}
