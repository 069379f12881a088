import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Every module that a package of this workspace exports, by the name under which it is imported. */
export function userModules(): string[] {
  const root = fileURLToPath(new URL('../../packages/', import.meta.url));
  const manifests = readdirSync(root)
    .map((folder) => `${root}${folder}/package.json`)
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Manifest);
  const all = manifests.flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((path) => path !== './package.json')
      .map((path) => name + path.slice(1)),
  );
  return all.sort();
}
