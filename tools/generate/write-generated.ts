import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWorkspace } from '../workspace/workspace.ts';
import { generatedFiles } from './generated-files.ts';

/** Rewrites every generated file of the workspace that is not as it must be, and says which. */
export function writeGenerated(): void {
  // What was measured for another folder makes no page here.
  if (process.env['CANTRIP_BENCH_RESULTS'] !== undefined) return;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const workspace = readWorkspace(root);
  for (const [file, text] of generatedFiles(workspace)) {
    if (workspace.files.get(file) === text) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    console.log(`wrote ${file}`);
  }
}
