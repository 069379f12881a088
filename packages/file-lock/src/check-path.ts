import { CantripError, describe } from '@cantrip/errors';

/** @throws CantripError OPTION_INVALID unless it is the path of a file or folder */
export function checkPath(who: string, path: unknown): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `path must be the path of a file or folder, got ${describe(path)}`,
    fix: 'Pass a path as a string',
  });
}
