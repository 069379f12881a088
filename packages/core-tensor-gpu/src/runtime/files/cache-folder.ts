import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { CantripError } from '@cantrip/errors';

/**
 * Returns `$XDG_CACHE_HOME/cantrip`, or `~/.cache/cantrip`. A relative `XDG_CACHE_HOME` is ignored, as its
 * specification requires.
 */
export function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'cantrip');
}

/**
 * Creates the cache folder if it does not exist. Others may read it, whatever the umask is. The permissions of its
 * parent folders are not changed.
 */
export function makeCacheFolder(): string {
  const folder = cacheFolder();
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  // Another process may have created it in between.
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  return folder;
}

/** Messages of the system, pip and uv about a full disk or an exceeded quota. */
const fullDisk =
  /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|Errno (28|122)|os error (28|122)/i;

/** Whether a message says that the disk is full. */
export function tellsOfFullDisk(message: string): boolean {
  return fullDisk.test(message);
}

/** The error of a cache folder that is not a folder, is not writable, or is on a full disk. */
export function cannotWrite(folder: string, cause: unknown): CantripError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CantripError('RUNTIME_INSTALL', {
    who: 'installRuntime',
    what: `the folder ${folder} cannot be written to (${why})`,
    fix: tellsOfFullDisk(why)
      ? 'Free about 2 GB on its disk, or set XDG_CACHE_HOME to a folder on another disk'
      : 'Make it a folder that you may write to, or set XDG_CACHE_HOME to another one',
    cause,
  });
}
