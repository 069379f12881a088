import { type Check, checkArgument } from '@cantrip/errors';

const namesCheck: Check<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? undefined
    : 'must be names of packages';

const fromCheck: Check<string> = (value) =>
  typeof value === 'string' && URL.canParse(value)
    ? undefined
    : 'must be import.meta.url of the module that asks';

/** Each file is read once, because a save asks again and training waits for it. */
const known = new Map<string, string | undefined>();

/**
 * The installed versions of packages, by name. A package that is not found, or that does not export its package.json, is left
 * out. In a browser no package is found.
 *
 * @param names - such as `@cantrip/trainer`
 * @param from - `import.meta.url` of the module that asks: packages are looked for as its imports are
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * packageVersions(['@cantrip/errors', 'not-there'], import.meta.url); // { '@cantrip/errors': '0.0.0' }
 * ```
 */
export function packageVersions(names: readonly string[], from: string): Readonly<Record<string, string>> {
  checkArgument('packageVersions', 'names', namesCheck, names);
  checkArgument('packageVersions', 'from', fromCheck, from);
  const found = [...new Set(names)].flatMap((name) => {
    const version = versionOf(name, from);
    return version === undefined ? [] : [[name, version] as const];
  });
  return Object.fromEntries(found);
}

function versionOf(name: string, from: string): string | undefined {
  const key = JSON.stringify([name, from]);
  if (!known.has(key)) known.set(key, readVersion(name, from));
  return known.get(key);
}

function readVersion(name: string, from: string): string | undefined {
  try {
    // Not imported, because bundlers for browsers would not find them.
    const { createRequire } = process.getBuiltinModule('node:module');
    const { readFileSync } = process.getBuiltinModule('node:fs');
    const path = createRequire(from).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
