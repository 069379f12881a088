import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alternative } from './alternative.ts';
import { type Order, orderVariable, type StepReport } from './rehearse.ts';

/** So long steps are timed in one process. */
const TIMED = 800;

/** Runs this very program again, silently, up to its first `fit`, whose step it times; ends it after so many milliseconds. */
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

/** @returns how it ended, in words */
function runAgain(environment: Readonly<Record<string, string>>, limit: number): Promise<string> {
  // A debugger's port is this process's.
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
