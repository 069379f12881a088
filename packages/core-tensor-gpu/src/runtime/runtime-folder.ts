import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from './files/cache-folder.ts';

/** The version that is installed by default. */
export const defaultVersion = '2.21.0';

const runtimeName = /^tensorflow-(\d+\.\d+\.\d+)[^-]*-(cpu|cuda)$/;

/** The folder of an installed runtime. */
export function runtimeFolder(version: string, cuda: boolean): string {
  return join(cacheFolder(), `tensorflow-${version}-${cuda ? 'cuda' : 'cpu'}`);
}

/** The command that installs into a folder of {@link runtimeFolder}. */
export function installCommand(folder: string): string {
  const [, version = defaultVersion, kind = 'cpu'] = runtimeName.exec(basename(folder)) ?? [];
  const cuda = kind === 'cuda' ? ' --cuda' : '';
  const other = version === defaultVersion ? '' : ` --version ${version}`;
  return `npx @cantrip/cli install-runtime${cuda}${other}`;
}

/** The installed runtimes, best first: those with CUDA if there is an NVIDIA driver, then the newest. */
export function installedRuntimes(): string[] {
  const folder = cacheFolder();
  const wanted = hasNvidiaDriver() ? 'cuda' : 'cpu';
  return namesIn(folder)
    .map((name) => runtimeName.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => Number(b[2] === wanted) - Number(a[2] === wanted) || newerFirst(a[1]!, b[1]!))
    .map(([name]) => join(folder, name));
}

/** The names in a folder. Empty if the folder is missing, is a file or cannot be read. */
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

/** Whether the kernel has an NVIDIA driver, or Windows provides one to WSL. */
export function hasNvidiaDriver(): boolean {
  return ['/dev/nvidiactl', '/proc/driver/nvidia/version', '/dev/dxg'].some((path) => existsSync(path));
}
