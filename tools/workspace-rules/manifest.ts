import type { Breach, Rule } from './rule.ts';
import type { Manifest, Package } from '../workspace/workspace.ts';
import { publishedName } from '../workspace/published-name.ts';

interface Demand {
  readonly holds: (manifest: Manifest, pkg: Package) => boolean;
  readonly what: (manifest: Manifest, pkg: Package) => string;
  readonly fix: (pkg: Package) => string;
}

const entryOrder = ['@cantrip/source', 'types', 'default'];

/** What every package.json of `packages/` says. */
const demands: readonly Demand[] = [
  {
    holds: ({ name }, pkg) => name === publishedName(pkg.name),
    what: ({ name }) => `its name is ${name ?? 'missing'}`,
    fix: (pkg) => `Name it ${publishedName(pkg.name)}, as its folder is called`,
  },
  {
    holds: ({ description }) => (description ?? '').length >= 20,
    what: () => 'it has no description that tells what it does',
    fix: () => 'Write one sentence; the list of packages shows it',
  },
  {
    holds: ({ license }) => license === 'Apache-2.0',
    what: ({ license }) => `its license is ${license ?? 'missing'}`,
    fix: () => 'Write "license": "Apache-2.0"',
  },
  {
    holds: ({ type }) => type === 'module',
    what: () => 'it is not an ES module package',
    fix: () => 'Write "type": "module"',
  },
  {
    holds: ({ sideEffects }) => sideEffects !== undefined,
    what: () => 'it does not say whether importing it has side effects',
    fix: () => 'Write "sideEffects": false, or the list of files that have them',
  },
  {
    holds: ({ engines }) => engines?.['node'] === '>=20.19.0',
    what: ({ engines }) => `its engines.node is ${engines?.['node'] ?? 'missing'}`,
    fix: () => 'Write "engines": { "node": ">=20.19.0" }',
  },
  {
    holds: ({ exports }) => Object.entries(exports ?? {}).every(([key, entry]) => isOrdered(key, entry)),
    what: () => 'an entry of exports has other conditions, or another order of them, than the tools rely on',
    fix: () => `Give each entry exactly ${entryOrder.join(', ')}, in this order`,
  },
  {
    holds: ({ exports }) => exports?.['.'] !== undefined && exports['./package.json'] === './package.json',
    what: () => 'exports lacks "." or "./package.json"',
    fix: () => 'Add "./package.json": "./package.json" and the entry "."',
  },
  {
    holds: ({ scripts }) => scripts?.['test']?.includes('../../vitest.config.ts') === true,
    what: () => 'its test script does not use the root vitest configuration',
    fix: () => 'Write "test": "vitest run --config ../../vitest.config.ts --root ."',
  },
];

/** What a package.json says besides when the package is published. */
const publishedDemands: readonly Demand[] = [
  {
    holds: ({ files }) => files?.includes('dist') === true && files.includes('src'),
    what: () => 'files does not hold dist and src',
    fix: () => 'Write "files": ["dist", "src"]: the source maps and the source condition point into src',
  },
  {
    holds: ({ publishConfig }) => publishConfig?.['access'] === 'public',
    what: () => 'publishConfig.access is not public, so publishing a scoped package fails',
    fix: () => 'Write "publishConfig": { "access": "public" }',
  },
  {
    holds: ({ repository }, pkg) => repository?.directory === pkg.folder,
    what: () => 'repository.directory does not name its folder',
    fix: (pkg) => `Write "directory": "${pkg.folder}"`,
  },
  {
    holds: ({ scripts }) => scripts?.['build']?.includes('../../tsup.config.ts') === true,
    what: () => 'its build script does not use the root tsup configuration',
    fix: () => 'Write "build": "tsup --config ../../tsup.config.ts"',
  },
];

/** Each package.json is complete, so that every package can be published by itself. */
export const manifest: Rule = {
  name: 'package.json',
  check: ({ packages }) => packages.flatMap(breachesOf),
};

function breachesOf(pkg: Package): Breach[] {
  const wanted = pkg.manifest.private ? demands : [...demands, ...publishedDemands];
  return wanted
    .filter(({ holds }) => !holds(pkg.manifest, pkg))
    .map(({ what, fix }) => ({
      file: `${pkg.folder}/package.json`,
      what: what(pkg.manifest, pkg),
      fix: fix(pkg),
    }));
}

function isOrdered(key: string, entry: unknown): boolean {
  if (key === './package.json') return true;
  if (typeof entry !== 'object' || entry === null) return false;
  // What bundlers for browsers take instead, where a package has it.
  return (
    Object.keys(entry)
      .filter((condition) => condition !== 'browser')
      .join() === entryOrder.join()
  );
}
