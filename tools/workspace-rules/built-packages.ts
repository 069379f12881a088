import type { Breach, Rule } from './rule.ts';
import type { Package, Workspace } from '../workspace/workspace.ts';

/** Everything that exports and bin promise has been built. */
export const builtPackages: Rule = {
  name: 'built packages',
  check: (workspace) =>
    workspace.packages.filter(({ manifest }) => !manifest.private).flatMap((pkg) => missing(workspace, pkg)),
};

function missing({ files }: Workspace, { folder, manifest }: Package): Breach[] {
  const promised = [
    ...Object.values(manifest.exports ?? {}).flatMap(defaultOf),
    ...Object.values(manifest.bin ?? {}),
  ];
  return promised
    .map((path) => `${folder}/${path.replace(/^\.\//, '')}`)
    .filter((file) => !files.has(file))
    .map((file) => ({ file, what: 'is promised by package.json, and missing', fix: 'Run `npm run build`' }));
}

function defaultOf(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null || !('default' in entry)) return [];
  return typeof entry.default === 'string' ? [entry.default] : [];
}
