import { CantripError } from '@cantrip/errors';
import { codes } from '../../error-codes.ts';

/** The error for a checkpoint that does not hold what was written. */
export function invalid(path: string, what: string, cause?: unknown): CantripError {
  return new CantripError(codes.CHECKPOINT_INVALID, {
    who: 'checkpoint',
    what: `${path} ${what}`,
    fix: 'Use an earlier checkpoint, or copy this one again from where it is whole',
    ...(cause !== undefined && { cause }),
  });
}

/** The error for a checkpoint of a later version of the format. */
export function newer(path: string, version: number, known: number): CantripError {
  return new CantripError(codes.CHECKPOINT_NEWER, {
    who: 'checkpoint',
    what: `${path} was written by a newer release, in version ${version} of the format; this release reads version ${known}`,
    fix: 'Install the newer release of @cantrip/checkpoint',
  });
}

/** The error for a checkpoint that the system does not let be read. */
export function unreadable(path: string, cause: unknown): CantripError {
  const fix =
    codeOf(cause) === 'ENOENT'
      ? 'Pass the path of a checkpoint folder'
      : 'Check the disk, and whether this process may read the folder';
  return new CantripError(codes.CHECKPOINT_READ, {
    who: 'checkpoint',
    what: `${path} cannot be read: ${reasonOf(cause)}`,
    fix,
    cause,
  });
}

/** The error for a checkpoint that could not be written. */
export function unwritten(path: string, what: string, fix: string, cause?: unknown): CantripError {
  return new CantripError(codes.CHECKPOINT_WRITE, {
    who: 'checkpoint',
    what: `${path} ${what}`,
    fix,
    ...(cause !== undefined && { cause }),
  });
}

/** The code of an error of the file system; empty for another error. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EACCES: 'this process has no permission',
  EPERM: 'this process has no permission',
  EROFS: 'the file system is read-only',
  EIO: 'the disk reported an error',
  EMFILE: 'this process has too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOTDIR: 'a part of the path is no folder',
};

/** The reason that the system gave, in words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (Object.hasOwn(words, code)) return `${words[code]} (${code})`;
  return error instanceof Error ? error.message : String(error);
}
