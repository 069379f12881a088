import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../test-all/run-command.ts';
import { environmentFolder } from './peers-environment.ts';

/**
 * `npm run bench:install`: the pinned peers in a Python environment of their own, with the machine's `python3` and pip.
 *
 * The folder is ~/.cache/cantrip/bench-python, or the one that CANTRIP_BENCH_ENVIRONMENT names.
 */
async function main(): Promise<void> {
  const folder = environmentFolder();
  const python = join(folder, 'bin', 'python');
  const requirements = fileURLToPath(new URL('peers/requirements.txt', import.meta.url));
  if (!existsSync(python)) await mustRun('python3', ['-m', 'venv', folder]);
  await mustRun(python, ['-m', 'pip', 'install', '--requirement', requirements]);
  console.log(`The peers are in ${folder}; \`npm run bench\` finds them there.`);
}

async function mustRun(command: string, args: readonly string[]): Promise<void> {
  console.log(`> ${[command, ...args].join(' ')}`);
  const { code } = await runCommand(command, args, { limit: 60 });
  if (code !== 0) throw new Error(`${command} ended with ${code}; the peers are not installed.`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
