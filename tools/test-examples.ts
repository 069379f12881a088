import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFewDigits } from './examples/few-digits.ts';
import { runCommand } from './test-all/run-command.ts';
import { formatTally } from './test-all/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What docs/examples/mnist writes with --json. */
interface Report {
  readonly accuracy: number;
  readonly loss: number;
  readonly imagesPerSecond: number;
  readonly seconds: number;
  readonly seed: number;
}

/**
 * Runs the main job on a few of its images, on each device named: it must learn, and a second run with the same seed
 * must end with the same numbers to the last digit.
 */
async function main(devices: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-examples-'));
  writeFewDigits(join(folder, 'data'), { train: 4000, test: 1000 });
  const outcomes: boolean[] = [];
  for (const device of devices) {
    const first = await train(folder, device);
    outcomes.push(
      judge(`${device}: the MNIST example learns its digits`, first !== undefined && first.accuracy > 0.8),
    );
    const second = first && (await train(folder, device));
    const same = first !== undefined && first.accuracy === second?.accuracy && first.loss === second.loss;
    outcomes.push(judge(`${device}: one seed gives one result`, same));
  }
  rmSync(folder, { recursive: true, force: true });
  const failed = outcomes.filter((passed) => !passed).length;
  console.log(formatTally({ passed: outcomes.length - failed, failed, skipped: 0 }));
  process.exitCode = failed === 0 ? 0 : 1;
}

async function train(folder: string, device: string): Promise<Report | undefined> {
  const json = join(folder, 'report.json');
  rmSync(json, { force: true });
  const options = { device, epochs: '1', batch: '32', seed: '1', data: join(folder, 'data'), json };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { code, output } = await runCommand('npm', ['start', '--silent', '--', ...args], {
    cwd: root,
    env: { CANTRIP_NO_INSTALL: '1' },
    limit: 5,
  });
  // The example fails where fine-tuning lost more than 0.1 %, which on so few images is a single one.
  if (code !== 0 && !output.includes('Fine-tuning lost accuracy')) return undefined;
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  console.log(
    `\n${device}: accuracy ${report.accuracy}, loss ${report.loss}, ${report.seconds.toFixed(1)} s\n`,
  );
  return report;
}

function judge(name: string, passed: boolean): boolean {
  console.log(`${passed ? 'ok' : 'FAILED'}  ${name}`);
  return passed;
}

const given = process.argv.slice(2);
await main(given.length > 0 ? given : ['auto', 'wasm']);
