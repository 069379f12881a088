import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alternative } from './alternative.ts';
import { type Order, orderVariable, type StepReport } from './rehearse.ts';

/** How long one child process times steps, in milliseconds. */
const TIMED = 800;

/**
 * Runs this program again, without output, up to its first `fit`, and times the step there.
 *
 * @param limit - kills the process after this many milliseconds
 */
export async function timeInChild(
  { environment, compile }: Alternative,
  limit: number,
): Promise<StepReport | { readonly failure: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-tuning-'));
  const report = join(folder, 'report.json');
  const order: Order = { report, milliseconds: TIMED, compile };
  try {
    const end = await runAgain({ ...environment, [orderVariable]: JSON.stringify(order) }, limit);
    return readReport(report) ?? { failure: `the program ended (${end}) before its first fit` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns a text that says how it ended */
function runAgain(environment: Readonly<Record<string, string>>, limit: number): Promise<string> {
  // The port of a debugger is already used by this process.
  const options = process.execArgv.filter((option) => !option.startsWith('--inspect'));
  const child = spawn(process.execPath, [...options, ...process.argv.slice(1)], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(kill, limit);
  process.once('exit', kill);
  return new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === null ? String(signal) : `exit status ${code}`));
  }).finally(() => {
    clearTimeout(timer);
    process.removeListener('exit', kill);
  });
}

function readReport(path: string): StepReport | { readonly failure: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as StepReport | { readonly failure: string };
  } catch {
    return undefined;
  }
}
