import type { Package } from '../workspace-rules/workspace.ts';

/** The tricks as a Markdown table, from what their package.json says. */
export function tricksTable(packages: readonly Package[]): string {
  return table(
    'trick',
    packages.filter(({ isTrick }) => isTrick),
  );
}

/** The published packages that are no tricks, likewise. */
export function packagesTable(packages: readonly Package[]): string {
  return table(
    'package',
    packages.filter(({ isTrick, manifest }) => !isTrick && !manifest.private),
  );
}

function table(heading: string, packages: readonly Package[]): string {
  const rows = packages.map(({ name, folder, manifest }) => [
    `[\`@cantrip/${name}\`](${folder})`,
    (manifest.description ?? '').replace(/\|/g, '\\|'),
  ]);
  const width = Math.max(heading.length, ...rows.map(([link = '']) => link.length));
  const secondWidth = Math.max(12, ...rows.map(([, text = '']) => text.length));
  const line = (a: string, b: string): string => `| ${a.padEnd(width)} | ${b.padEnd(secondWidth)} |`;
  return [
    line(heading, 'what it does'),
    `| ${'-'.repeat(width)} | ${'-'.repeat(secondWidth)} |`,
    ...rows.map(([a = '', b = '']) => line(a, b)),
    '',
  ].join('\n');
}
