/** Whether `value` is an object of no class: `{ … }`, one without a prototype, or such a one of another realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Where an object of a class stands in the place of options. */
export interface ForeignObject {
  readonly path: readonly (string | number)[];
  readonly value: object;
}

/**
 * Finds an array, a date, a promise or another object of a class that was read as options: it has no option of its
 * own, so that all of them would take their defaults without a word.
 *
 * @param parsed - what a schema made of `given`: it copies what it reads as options and hands on all else
 */
export function findForeignObject(given: unknown, parsed: unknown): ForeignObject | undefined {
  if (typeof given !== 'object' || given === null || given === parsed || !isPlainObject(parsed)) {
    return Array.isArray(given) && Array.isArray(parsed) && given !== parsed
      ? firstWithin(given, parsed, [...given.keys()])
      : undefined;
  }
  return isPlainObject(given) ? firstWithin(given, parsed, Object.keys(parsed)) : { path: [], value: given };
}

function firstWithin(
  given: object,
  parsed: object,
  keys: readonly (string | number)[],
): ForeignObject | undefined {
  for (const key of keys) {
    const found = findForeignObject(
      (given as Readonly<Record<string, unknown>>)[key],
      (parsed as Readonly<Record<string, unknown>>)[key],
    );
    if (found) return { path: [key, ...found.path], value: found.value };
  }
  return undefined;
}
