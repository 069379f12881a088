import { type Check, checkArgument } from '@cantrip/errors';

const pathCheck: Check<string> = (value) =>
  typeof value === 'string' && value !== '' && !value.includes('\0')
    ? undefined
    : 'must be the path of a folder';

/** @throws CantripError OPTION_INVALID unless it is a path */
export function checkPath(who: string, path: unknown, name = 'path'): void {
  checkArgument(who, name, pathCheck, path);
}
