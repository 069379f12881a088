import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from '../../test-all/run-command.ts';
import { environmentFolder } from '../step/contenders/peers-environment.ts';
import { notAsPinned, readPins } from '../step/contenders/pins.ts';

const requirements = fileURLToPath(new URL('../step/peers/requirements.txt', import.meta.url));
const lock = fileURLToPath(new URL('../step/peers/lock.txt', import.meta.url));

/** Above the pins of lock.txt. */
const HEADING = '# Written by `npm run bench:install -- --lock`: all that requirements.txt brings along.\n';

/**
 * `npm run bench:install`: the pinned peers in a Python environment of their own, with the machine's `python3` and pip.
 *
 * The folder is ~/.cache/cantrip/bench-python, or the one that CANTRIP_BENCH_ENVIRONMENT names. With `--lock` what
 * requirements.txt brings along is taken as new as there is, and written to lock.txt.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { lock: { type: 'boolean', default: false } } });
  const folder = environmentFolder();
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) await mustRun('python3', ['-m', 'venv', folder]);
  const pip = (args: readonly string[], quiet = false): Promise<string> =>
    mustRun(python, ['-m', 'pip', '--disable-pip-version-check', ...args], quiet);
  // With setuptools and wheel, which peers ask for and pip keeps back.
  const frozen = (): Promise<string> => pip(['freeze', '--all', '--exclude', 'pip'], true);
  if (values.lock) {
    await pip(['install', '--upgrade', '--upgrade-strategy', 'eager', '--requirement', requirements]);
    writeFileSync(lock, HEADING + (await frozen()));
  } else {
    // As constraints: a system that needs a package less does without it.
    await pip(['install', '--requirement', requirements, '--constraint', lock]);
    compareWithLock(await frozen());
  }
  console.log(`The peers are in ${folder}; \`npm run bench\` finds them there.`);
}

function compareWithLock(installed: string): void {
  const pins = readPins(installed);
  const others = notAsPinned(pins, readPins(readFileSync(lock, 'utf8')));
  if (others.length > 0) console.warn(`Not as lock.txt has them: ${others.join(', ')}.`);
  else console.log(`All ${pins.size} packages are as lock.txt has them.`);
}

/** @returns what it printed */
async function mustRun(command: string, args: readonly string[], quiet = false): Promise<string> {
  console.log(`> ${[command, ...args].join(' ')}`);
  const { code, output } = await runCommand(command, args, { limit: 60, quiet });
  if (code !== 0) throw new Error(`${command} ended with ${code}; the peers are not installed.`);
  return output;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
