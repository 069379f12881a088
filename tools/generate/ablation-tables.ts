import { type AblationResult, ablationTable } from '@cantrip/ablation';
import type { Workspace } from '../workspace/workspace.ts';

/** Where experiments keep what came out. */
const resultsPattern = /^docs\/examples\/[\w-]+\/results\/([\w./-]+)\.json$/;

/** The committed result of every ablation as Markdown, by `ablation-<name of its file>`; a folder's name stands before it. */
export function ablationTables({ files }: Workspace): Record<string, string> {
  const tables = [...files].flatMap(([path, text]) => {
    const [, name] = resultsPattern.exec(path) ?? [];
    if (name === undefined) return [];
    const result = JSON.parse(text) as AblationResult | { readonly effects?: undefined };
    return result.effects
      ? [[`ablation-${name.replaceAll('/', '-')}`, ablationTable(result, { times: false })] as const]
      : [];
  });
  return Object.fromEntries(tables);
}
