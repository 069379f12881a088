import { CantripError, describe } from '@cantrip/errors';

/**
 * Checks that a path is a string. Node would take a number as an open file.
 *
 * @throws CantripError OPTION_INVALID
 */
export function requirePath(who: string, name: 'path' | 'folder', given: unknown): asserts given is string {
  if (typeof given === 'string' && given !== '' && !given.includes('\0')) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must be the path of a ${name === 'path' ? 'file' : 'folder'}, got ${describe(given)}`,
    fix:
      given instanceof URL
        ? `Write ${who}(fileURLToPath(url)), which is in node:url`
        : given instanceof Promise
          ? `Await ${name} first`
          : `Pass ${name} as a string`,
  });
}
