import { readFileSync } from 'node:fs';

/**
 * The versions of packages with which projects are tested, as package.json of this package names them in `devDependencies`.
 * A release changes them there.
 */
export function versionsOf(names: readonly string[]): Readonly<Record<string, string>> {
  // The built file is as deep as this one.
  const path = new URL('../../package.json', import.meta.url);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const known = { ...devDependencies, ...dependencies };
  return Object.fromEntries([...names].sort().map((name) => [name, known[name]!]));
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
