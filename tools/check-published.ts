import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './test-all/run-command.ts';
import { formatTally } from './test-all/tally.ts';
import { readWorkspace } from './workspace/workspace.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `npm run check:published`: what publint and "are the types wrong" say of each built package, packed. */
async function main(): Promise<void> {
  const packages = readWorkspace(root).packages.filter(({ manifest }) => !manifest.private);
  let failed = 0;
  for (const { folder } of packages) {
    for (const command of [
      ['publint', '--strict'],
      ['attw', '--pack', '.', '--profile', 'esm-only', '--no-emoji', '--no-color'],
    ]) {
      const [program = '', ...args] = command;
      const { code, output } = await runCommand(join(root, 'node_modules/.bin', program), args, {
        cwd: join(root, folder),
        quiet: true,
      });
      console.log(`${code === 0 ? 'ok' : 'FAILED'}  ${program} ${folder}`);
      if (code === 0) continue;
      failed += 1;
      console.log(output.replace(/^/gm, '    '));
    }
  }
  console.log(formatTally({ passed: 2 * packages.length - failed, failed, skipped: 0 }));
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
