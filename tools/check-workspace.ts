import { fileURLToPath } from 'node:url';
import { builtPackages } from './workspace-rules/built-packages.ts';
import { dependencyLaw } from './workspace-rules/dependency-law.ts';
import { rules } from './workspace-rules/rules.ts';
import { readWorkspace } from './workspace/workspace.ts';

/** `npm run check`: prints every breach of the house rules with what to do; `-- --built` checks what was built. */
function main(args: readonly string[]): void {
  const workspace = readWorkspace(fileURLToPath(new URL('..', import.meta.url)));
  const wanted = args.includes('--built') ? [builtPackages, dependencyLaw] : rules;
  let broken = 0;
  for (const { name, check } of wanted) {
    const breaches = check(workspace);
    if (breaches.length > 0) broken += 1;
    console.log(`${breaches.length === 0 ? 'ok' : 'BROKEN'}  ${name}`);
    for (const { file, what, fix } of breaches) console.log(`    ${file}: ${what}. ${fix}.`);
  }
  console.log(`${wanted.length - broken} passed, ${broken} failed`);
  process.exitCode = broken === 0 ? 0 : 1;
}

main(process.argv.slice(2));
