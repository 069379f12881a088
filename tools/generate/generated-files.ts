import type { Workspace } from '../workspace/workspace.ts';
import { ablationTables } from './ablation-tables.ts';
import { ablationOnCard } from './ablation-on-card.ts';
import { bfloat16Table } from './bfloat16-table.ts';
import { costOnCard } from './cost-on-card.ts';
import { decisionTables } from './decision-tables.ts';
import { errorsPage } from './errors-page.ts';
import { fillMarkers } from '../markdown/fill-markers.ts';
import { freezeBnCost } from './freeze-bn-cost.ts';
import { gpuResults } from './gpu-results.ts';
import { packagesTable, tricksTable } from './package-tables.ts';
import { reliabilityTable, soakTable } from './reliability-table.ts';
import { resultsTable } from './results-table.ts';
import { speedTable } from './speed-table.ts';
import { stepBenchmark } from './step-benchmark.ts';
import { tuningTable } from './tuning-table.ts';
import { wasmTable } from './wasm-table.ts';
import { catalogue } from '@cantrip/errors';
import { ownCodesIn } from '../workspace/own-codes-in.ts';

type Parts = Readonly<Record<string, string>>;

/** Every generated file and the text that it must have: path from the root to text. */
export function generatedFiles(workspace: Workspace): ReadonlyMap<string, string> {
  const generated = new Map<string, string>([
    ['docs/errors.md', errorsPage(catalogue, ownCodesIn(workspace.files))],
    ...stepBenchmark(workspace),
    ...gpuResults(workspace),
  ]);
  const parts: Parts = {
    tricks: tricksTable(workspace.packages),
    packages: packagesTable(workspace.packages),
    results: resultsTable(workspace),
    speed: speedTable(workspace),
    ...ablationTables(workspace),
    ...decisionTables(workspace),
    'freeze-bn-cost': freezeBnCost(workspace),
    tuning: tuningTable(workspace),
    reliability: reliabilityTable(workspace),
    soak: soakTable(workspace),
    bfloat16: bfloat16Table(workspace),
    wasm: wasmTable(workspace),
  };
  for (const [file, text] of workspace.files) {
    if (generated.has(file)) continue;
    const ofFile = partsFor(file, workspace, parts);
    const filled = ofFile && fillMarkers(text, ofFile);
    if (filled !== undefined) generated.set(file, filled);
  }
  return generated;
}

/** What a file can hold; undefined where it is neither a page nor a card. */
function partsFor(file: string, workspace: Workspace, ofPages: Parts): Parts | undefined {
  const trick = /^packages\/([\w-]+)\/README\.md$/.exec(file)?.[1];
  if (trick !== undefined) {
    return {
      ...ofPages,
      ablation: ablationOnCard(workspace, trick),
      cost: costOnCard(workspace, trick),
    };
  }
  return /^(README\.md|CONTRIBUTING\.md|docs\/.+\.md)$/.test(file) ? ofPages : undefined;
}
