import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from './files/cache-folder.ts';

/** The version that is installed where none is asked for. */
export const defaultVersion = '2.21.0';

const runtimeName = /^tensorflow-(\d+\.\d+\.\d+)[^-]*-(cpu|cuda)$/;

/** Where a runtime lies once it is installed. */
export function runtimeFolder(version: string, cuda: boolean): string {
  return join(cacheFolder(), `tensorflow-${version}-${cuda ? 'cuda' : 'cpu'}`);
}

/** The command that installs what lies, or should lie, in a folder of {@link runtimeFolder}. */
export function installCommand(folder: string): string {
  const [, version = defaultVersion, kind = 'cpu'] = runtimeName.exec(basename(folder)) ?? [];
  const cuda = kind === 'cuda' ? ' --cuda' : '';
  const other = version === defaultVersion ? '' : ` --version ${version}`;
  return `npx @cantrip/cli install-runtime${cuda}${other}`;
}

/** The installed runtimes, best first: those with CUDA where there is an NVIDIA driver, then the newest. */
export function installedRuntimes(): string[] {
  const folder = cacheFolder();
  const wanted = hasNvidiaDriver() ? 'cuda' : 'cpu';
  return namesIn(folder)
    .map((name) => runtimeName.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => Number(b[2] === wanted) - Number(a[2] === wanted) || newerFirst(a[1]!, b[1]!))
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

function newerFirst(a: string, b: string): number {
  return b.localeCompare(a, 'en', { numeric: true });
}

/** Whether the kernel has an NVIDIA driver (or Windows lends one to its Linux). */
export function hasNvidiaDriver(): boolean {
  return ['/dev/nvidiactl', '/proc/driver/nvidia/version', '/dev/dxg'].some((path) => existsSync(path));
}
