import { markdownTable } from '../markdown/markdown-table.ts';
import type { Package } from '../workspace/workspace.ts';
import { publishedName } from '../workspace/published-name.ts';

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
    `[\`${publishedName(name)}\`](${folder})`,
    (manifest.description ?? '').replace(/\|/g, '\\|'),
  ]);
  return markdownTable([heading, 'what it does'], rows);
}
