import type { Breach, Rule } from './rule.ts';

const file = 'package-lock.json';

interface LockFile {
  readonly packages?: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The lock file works behind every registry and on every platform. */
export const lockFile: Rule = {
  name: 'lock file',
  check: ({ files }) => {
    const text = files.get(file) ?? '{}';
    return [...addresses(text), ...unlocked(JSON.parse(text) as LockFile)];
  },
};

function addresses(text: string): Breach[] {
  const found = [...text.matchAll(/"resolved": "(https?:[^"]+)"/g)];
  if (found.length === 0) return [];
  return [
    {
      file,
      what: `holds ${found.length} download addresses, e.g. ${found[0]?.[1] ?? ''}`,
      fix: 'Run `npm install --package-lock-only`: .npmrc tells npm to leave them out',
    },
  ];
}

/** A registry that lacks some platform's binaries makes npm leave them out, and `npm ci` then refuses to start. */
function unlocked({ packages = {} }: LockFile): Breach[] {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  if (missing.length === 0) return [];
  return [
    {
      file,
      what: `lacks ${missing.length} optional packages, e.g. ${missing[0] ?? ''}, so that npm ci refuses to start`,
      fix: 'Run `npm install --package-lock-only` with a registry that has them, or write their entries by hand',
    },
  ];
}
