import { type Check, isPlainObject } from '@cantrip/errors';

/** Checks a map of names: a function, or a table of texts. */
export const namesCheck: Check<((name: string) => string | undefined) | Readonly<Record<string, string>>> = (
  value,
) =>
  typeof value === 'function' ||
  (isPlainObject(value) && Object.values(value).every((name) => typeof name === 'string'))
    ? undefined
    : 'must be a function, or a table of texts';
