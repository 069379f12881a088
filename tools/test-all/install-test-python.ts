import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.ts';
import { testPythonFolder } from '../python-peers/test-python.ts';

const lock = fileURLToPath(new URL('../python-peers/lock.txt', import.meta.url));

/**
 * `npm run test:install-python`: the pinned Python packages of tests in an environment of their own, with the machine's `python3`
 * and pip. Nothing is done where they are installed already.
 *
 * The folder is ~/.cache/cantrip/test-python, or the one that CANTRIP_TEST_ENVIRONMENT names.
 */
async function main(): Promise<void> {
  const folder = testPythonFolder();
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'installed');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    console.log(`The Python packages of tests are in ${folder}.`);
    return;
  }
  if (!existsSync(python)) await mustRun('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', '--disable-pip-version-check'];
  await mustRun(python, [...pip, 'install', '--quiet', '--no-deps', '--requirement', lock]);
  writeFileSync(stamp, wanted);
  console.log(`The Python packages of tests are now in ${folder}.`);
}

async function mustRun(command: string, args: readonly string[]): Promise<void> {
  console.log(`> ${[command, ...args].join(' ')}`);
  const { code } = await runCommand(command, args, { limit: 20 });
  if (code !== 0)
    throw new Error(`${command} ended with ${code}; the Python packages of tests are not installed.`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
