import { CantripError, describe } from '@cantrip/errors';

/** @throws CantripError OPTION_INVALID for what is no path */
export function checkFolder(who: string, folder: unknown): void {
  if (typeof folder === 'string' && folder !== '' && !folder.includes('\0')) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `folder must be the path of a folder, got ${describe(folder)}`,
    fix: `Write ${who}('runs/first')`,
  });
}
