import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CantripError } from '@cantrip/errors';

/** The version that is installed where none is asked for. */
export const defaultVersion = '2.21.0';

/** `$XDG_CACHE_HOME/cantrip`, or `~/.cache/cantrip`; a relative `XDG_CACHE_HOME` is ignored, as its specification says. */
export function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'cantrip');
}

/** The error of a cache that is no folder, or that may not be written to. */
export function cannotWrite(folder: string, cause: unknown): CantripError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CantripError('RUNTIME_INSTALL', {
    who: 'installRuntime',
    what: `the folder ${folder} can't be written to (${why})`,
    fix: 'Make it a folder that you may write to, or let XDG_CACHE_HOME name another one',
    cause,
  });
}

/** Where a runtime lies once it is installed. */
export function runtimeFolder(version: string, cuda: boolean): string {
  return join(cacheFolder(), `tensorflow-${version}-${cuda ? 'cuda' : 'cpu'}`);
}

/** The installed runtimes, best first: those with CUDA where there is an NVIDIA driver, then the newest. */
export function installedRuntimes(): string[] {
  const folder = cacheFolder();
  const wanted = hasNvidiaDriver() ? 'cuda' : 'cpu';
  return namesIn(folder)
    .map((name) => /^tensorflow-(\d+)\.(\d+)\.(\d+)[^-]*-(cpu|cuda)$/.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => Number(b[4] === wanted) - Number(a[4] === wanted) || newerFirst(a, b))
    .map(([name]) => join(folder, name));
}

/** None where the folder is missing, is a file or can't be read: then there is no runtime to be had from it. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function newerFirst(a: RegExpExecArray, b: RegExpExecArray): number {
  return (
    [1, 2, 3].map((part) => Number(b[part]) - Number(a[part])).find((difference) => difference !== 0) ?? 0
  );
}

/** Whether the kernel has an NVIDIA driver (or Windows lends one to its Linux). */
export function hasNvidiaDriver(): boolean {
  return ['/dev/nvidiactl', '/proc/driver/nvidia/version', '/dev/dxg'].some((path) => existsSync(path));
}
