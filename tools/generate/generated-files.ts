import type { Workspace } from '../workspace-rules/workspace.ts';
import { errorsPage } from './errors-page.ts';
import { fillMarkers } from './fill-markers.ts';
import { packagesTable, tricksTable } from './package-tables.ts';
import { resultsTable } from './results-table.ts';
import { speedTable } from './speed-table.ts';
import { catalogue } from '@cantrip/errors';

/** Every generated file and the text that it must have: path from the root to text. */
export function generatedFiles(workspace: Workspace): ReadonlyMap<string, string> {
  const generated = new Map<string, string>([['docs/errors.md', errorsPage(catalogue)]]);
  const tables = {
    tricks: tricksTable(workspace.packages),
    packages: packagesTable(workspace.packages),
    results: resultsTable(workspace),
    speed: speedTable(workspace),
  };
  for (const [file, text] of workspace.files) {
    if (!/^(README\.md|CONTRIBUTING\.md|docs\/.+\.md)$/.test(file) || generated.has(file)) continue;
    const filled = fillMarkers(text, tables);
    if (filled !== undefined) generated.set(file, filled);
  }
  return generated;
}
