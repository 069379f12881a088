import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';

/** The reason that an error of the file system gives. */
export function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full (ENOSPC)',
    EDQUOT: 'the quota is used up (EDQUOT)',
    EACCES: 'this process may not (EACCES)',
    EROFS: 'the disk is read-only (EROFS)',
    ENOENT: 'it does not exist (ENOENT)',
    ENOTDIR: 'a part of the path is a file (ENOTDIR)',
    EEXIST: 'a file has this name (EEXIST)',
    EINVAL: 'it is no ordinary file (EINVAL)',
  };
  return known[code ?? ''] ?? code ?? String(message ?? error);
}

export const brokenLine = (path: string, line: number, why: string): CantripError =>
  new CantripError(codes.RUN_LOG_INVALID, {
    who: 'run-log',
    what: `line ${line} of ${path} cannot be read: ${why}`,
    fix: 'Repair or remove this line, or move the files of the log elsewhere',
  });

export const unread = (path: string, cause: unknown): CantripError =>
  new CantripError(codes.RUN_LOG_READ, {
    who: 'run-log',
    what: `${path} cannot be read: ${reasonOf(cause)}`,
    fix: 'Pass the path of a run folder that this process may read',
    cause,
  });
