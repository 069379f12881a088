import { fileURLToPath } from 'node:url';
import { rules } from './workspace-rules/rules.ts';
import { readWorkspace } from './workspace-rules/workspace.ts';

/** `npm run check`: prints every breach of the house rules with what to do about it. */
function main(): void {
  const workspace = readWorkspace(fileURLToPath(new URL('..', import.meta.url)));
  let broken = 0;
  for (const { name, check } of rules) {
    const breaches = check(workspace);
    if (breaches.length > 0) broken += 1;
    console.log(`${breaches.length === 0 ? 'ok' : 'BROKEN'}  ${name}`);
    for (const { file, what, fix } of breaches) console.log(`    ${file}: ${what}. ${fix}.`);
  }
  console.log(`${rules.length - broken} passed, ${broken} failed`);
  process.exitCode = broken === 0 ? 0 : 1;
}

main();
