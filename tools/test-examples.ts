import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../docs/examples/mnist/report.ts';
import { writeFewDigits } from './examples/few-digits.ts';
import { runSmallTasks } from './examples/small-tasks.ts';
import { runCommand } from './test-all/run-command.ts';
import { formatTally } from './test-all/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The accuracy that the whole job must reach on MNIST's test images, where it takes no more than minutes. */
const wantedAccuracy = new Map([
  ['tensorflow', 0.99],
  ['wasm', 0.975],
]);

/**
 * Runs the main job on a few of its images, on each device named: it must learn, and a second run with the same seed
 * must end with the same numbers to the last digit. Then the whole job, as `npm start` runs it, and the small tasks on a
 * few steps.
 */
async function main(devices: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-examples-'));
  writeFewDigits(join(folder, 'data'), { train: 4000, test: 1000 });
  const outcomes: boolean[] = [];
  for (const device of devices) {
    const few = { epochs: '1', batch: '32', seed: '1', data: join(folder, 'data') };
    const first = await train(folder, { device, ...few });
    outcomes.push(
      judge(`${device}: the MNIST example learns its digits`, first !== undefined && first.accuracy > 0.8),
    );
    const second = first && (await train(folder, { device, ...few }));
    const same = first !== undefined && first.accuracy === second?.accuracy && first.loss === second.loss;
    outcomes.push(judge(`${device}: one seed gives one result`, same));
    const wanted = wantedAccuracy.get(device);
    if (wanted === undefined) continue;
    const accuracy = (await train(folder, { device }))?.accuracy ?? 0;
    outcomes.push(judge(`${device}: the whole job reaches ${100 * wanted} % on MNIST`, accuracy >= wanted));
  }
  rmSync(folder, { recursive: true, force: true });
  for (const [name, passed] of await runSmallTasks(root)) outcomes.push(judge(name, passed));
  const failed = outcomes.filter((passed) => !passed).length;
  console.log(formatTally({ passed: outcomes.length - failed, failed, skipped: 0 }));
  process.exitCode = failed === 0 ? 0 : 1;
}

async function train(folder: string, options: Readonly<Record<string, string>>): Promise<Report | undefined> {
  const json = join(folder, 'report.json');
  rmSync(json, { force: true });
  const checkpoints = join(folder, 'checkpoints');
  const args = Object.entries({ ...options, checkpoints, json }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  const { code } = await runCommand('npm', ['start', '--silent', '--', ...args], {
    cwd: root,
    env: { CANTRIP_NO_INSTALL: '1' },
    limit: 20,
  });
  if (code !== 0) return undefined;
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  console.log(
    `\n${report.device}: accuracy ${report.accuracy}, loss ${report.loss}, ${report.seconds.toFixed(1)} s\n`,
  );
  return report;
}

function judge(name: string, passed: boolean): boolean {
  console.log(`${passed ? 'ok' : 'FAILED'}  ${name}`);
  return passed;
}

const given = process.argv.slice(2);
await main(given.length > 0 ? given : ['auto', 'wasm']);
