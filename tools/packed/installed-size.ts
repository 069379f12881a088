import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What an installed package brings along. */
export interface InstalledSize {
  /** Packages that are installed for it, itself included; its peers are not. */
  readonly packages: readonly string[];
  readonly megabytes: number;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Follows the dependencies of a package in a folder into which it was installed. */
export function installedSize(folder: string, name: string): InstalledSize {
  const found = new Set<string>();
  const follow = (from: string, dependency: string): void => {
    const at = resolveFolder(from, dependency, folder);
    if (found.has(at)) return;
    found.add(at);
    const { dependencies = {} } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as Manifest;
    for (const next of Object.keys(dependencies)) follow(at, next);
  };
  follow(folder, name);
  const bytes = [...found].reduce((total, at) => total + sizeOf(at), 0);
  return {
    packages: [...found].map((at) => at.split('node_modules/').at(-1)!).sort(),
    megabytes: bytes / 1e6,
  };
}

/** As Node finds a package: in `node_modules` of the folder or of one above it. */
function resolveFolder(from: string, name: string, root: string): string {
  for (let at = from; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (at === root) throw new Error(`${name} is not installed in ${root}`);
  }
}

/** Without packages that lie inside, which are counted where they are asked for. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .reduce((total, entry) => {
      const path = join(folder, entry.name);
      return total + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
    }, 0);
}
