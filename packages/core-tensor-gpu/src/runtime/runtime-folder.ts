import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The version that is installed where none is asked for. */
export const defaultVersion = '2.21.0';

/** `$XDG_CACHE_HOME/cantrip`, or `~/.cache/cantrip`. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cantrip');
}

/** Where a runtime lies once it is installed. */
export function runtimeFolder(version: string, cuda: boolean): string {
  return join(cacheFolder(), `tensorflow-${version}-${cuda ? 'cuda' : 'cpu'}`);
}

/** The installed runtimes, best first: those with CUDA where there is an NVIDIA driver, then the newest. */
export function installedRuntimes(): string[] {
  const folder = cacheFolder();
  if (!existsSync(folder)) return [];
  const wanted = hasNvidiaDriver() ? 'cuda' : 'cpu';
  return readdirSync(folder)
    .map((name) => /^tensorflow-(\d+)\.(\d+)\.(\d+)[^-]*-(cpu|cuda)$/.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => Number(b[4] === wanted) - Number(a[4] === wanted) || newerFirst(a, b))
    .map(([name]) => join(folder, name));
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
