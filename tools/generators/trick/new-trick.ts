import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../test-all/run-command.ts';
import { nameProblem, trickFiles } from './trick-files.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `npm run new-trick -- <name>`: a new package that passes all checks, to be filled with the trick. */
async function main([name = '']: readonly string[]): Promise<void> {
  const folder = `packages/${name}`;
  const problem = nameProblem(name) ?? (existsSync(join(root, folder)) ? `${folder} exists` : undefined);
  if (problem !== undefined) {
    console.error(
      `[new-trick] the name "${name}" does not do: ${problem}. Run npm run new-trick -- my-trick.`,
    );
    process.exitCode = 1;
    return;
  }
  for (const [path, text] of await trickFiles(name)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
  // Links the package into node_modules and names it in the lock file; then every list of tricks names it.
  for (const args of [
    ['install', '--prefer-offline', '--no-audit', '--no-fund'],
    ['run', '--silent', 'generate'],
  ]) {
    const { code } = await runCommand('npm', args, { cwd: root });
    if (code !== 0) process.exitCode = 1;
  }
  console.log(`\nNow: cd ${folder} && npm test`);
}

await main(process.argv.slice(2));
