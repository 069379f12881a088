import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { CantripError } from '@cantrip/errors';

/** `$XDG_CACHE_HOME/cantrip`, or `~/.cache/cantrip`; a relative `XDG_CACHE_HOME` is ignored, as its specification says. */
export function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'cantrip');
}

/** Makes the cache folder where it is not there. Others may read it whatever the umask is; what it lies in keeps its own rights. */
export function makeCacheFolder(): string {
  const folder = cacheFolder();
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  // Another process may be quicker.
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  return folder;
}

/** What the system says where a disk, or the share of it that a user has, is full; also in the words of pip and uv. */
const fullDisk =
  /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|Errno (28|122)|os error (28|122)/i;

/** Whether a message tells of a full disk. */
export function tellsOfFullDisk(message: string): boolean {
  return fullDisk.test(message);
}

/** The error of a cache that is no folder, that may not be written to, or whose disk is full. */
export function cannotWrite(folder: string, cause: unknown): CantripError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CantripError('RUNTIME_INSTALL', {
    who: 'installRuntime',
    what: `the folder ${folder} can't be written to (${why})`,
    fix: tellsOfFullDisk(why)
      ? 'Free some 2 GB on its disk, or let XDG_CACHE_HOME name a folder on another one'
      : 'Make it a folder that you may write to, or let XDG_CACHE_HOME name another one',
    cause,
  });
}
