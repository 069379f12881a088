import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generate/generated-files.ts';
import { readWorkspace } from './workspace-rules/workspace.ts';

/** `npm run generate`: rewrites docs/errors.md and every list between `<!-- generated: … -->` markers. */
function main(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const workspace = readWorkspace(root);
  for (const [file, text] of generatedFiles(workspace)) {
    if (workspace.files.get(file) === text) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    console.log(`wrote ${file}`);
  }
}

main();
