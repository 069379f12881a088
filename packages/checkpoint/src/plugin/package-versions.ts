import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/**
 * The versions of the trainer, of this package and of the packages of plugins, by name. The name of a plugin begins with that
 * of its package without the scope. A package that is not found, such as that of a plugin of one's own, is left out.
 */
export function packageVersions(plugins: readonly string[]): Readonly<Record<string, string>> {
  const names = ['trainer', 'checkpoint', ...plugins.map((id) => id.split(/[/:]/)[0]!)];
  const found = [...new Set(names)].flatMap((name) => {
    const version = versionOf(`@cantrip/${name}`);
    return version === undefined ? [] : [[`@cantrip/${name}`, version] as const];
  });
  return Object.fromEntries(found);
}

/** Read once, because each save asks for them and training waits for it. */
const known = new Map<string, string | undefined>();

function versionOf(name: string): string | undefined {
  if (!known.has(name)) known.set(name, readVersion(name));
  return known.get(name);
}

function readVersion(name: string): string | undefined {
  try {
    const manifest = JSON.parse(readFileSync(resolve(`${name}/package.json`), 'utf8')) as {
      readonly version?: unknown;
    };
    return typeof manifest.version === 'string' ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}
