import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runCommand } from '../../test-all/run-command.ts';
import { parseTally } from '../../test-all/tally.ts';
import { vitestTally } from '../../test-all/vitest-tally.ts';
import type { Outcome } from './outcome.ts';
import type { Place, Run } from './run.ts';

/** Lines that a failure keeps of what the program printed. */
const KEPT = 15;

type Result = Pick<Outcome, 'status' | 'reason' | 'seconds' | 'tally' | 'failures' | 'figures'>;

/** Runs the program of a run in a process of its own, for `seconds` at most, and reads what it left. */
export async function perform(
  run: Run,
  place: Omit<Place, 'scratch'>,
  seconds: number,
  started?: (pid: number) => void,
): Promise<Result> {
  const scratch = mkdtempSync(join(tmpdir(), 'cantrip-gpu-run-'));
  const results = join(scratch, 'results');
  mkdirSync(results);
  const begun = performance.now();
  try {
    const { args, cwd, environment } = run.program({ ...place, scratch });
    const { code, output } = await runCommand(process.execPath, args, {
      cwd: cwd ?? place.root,
      env: {
        CANTRIP_NO_INSTALL: '1',
        CANTRIP_BENCH_RESULTS: results,
        CANTRIP_BENCH_DEVICE: place.native,
        ...(place.python !== undefined && { CANTRIP_BENCH_PYTHON: place.python }),
        ...environment,
      },
      limit: seconds / 60,
      quiet: true,
      ...(started && { started }),
    });
    const took = { seconds: Number(((performance.now() - begun) / 1000).toFixed(1)) };
    const figures = figuresIn(results);
    const tally = tallyOf(results, output);
    const kept = {
      ...(Object.keys(figures).length > 0 && { figures }),
      ...(tally && { tally: { passed: tally.passed, failed: tally.failed, skipped: tally.skipped } }),
      ...(tally?.failures && { failures: tally.failures.slice(0, 40) }),
    };
    if (code === 0) return { status: 'done', ...took, ...kept };
    // Tests that fail are a result, which the page shows.
    if (tally && tally.failed > 0) return { status: 'done', ...took, ...kept, ...failuresOf(output) };
    return { status: 'failed', reason: endOf(output), ...took, ...kept };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function figuresIn(folder: string): Record<string, unknown> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'vitest.json');
  return Object.fromEntries(
    files
      .map((name) => [basename(name, '.json'), parsed(readFileSync(join(folder, name), 'utf8'))] as const)
      .filter(([, figures]) => figures !== undefined),
  );
}

/** A program that was stopped while it wrote leaves half a file. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function tallyOf(results: string, output: string): ReturnType<typeof parseTally> {
  const report = join(results, 'vitest.json');
  const whole = existsSync(report) && parsed(readFileSync(report, 'utf8')) !== undefined;
  return whole ? vitestTally(report) : parseTally(output);
}

function failuresOf(output: string): { readonly failures?: readonly string[] } {
  const failures = output.split('\n').filter((line) => line.startsWith('FAILED'));
  return failures.length > 0 ? { failures: failures.slice(0, 40) } : {};
}

function endOf(output: string): string {
  return output.trimEnd().split('\n').slice(-KEPT).join('\n') || 'it ended without a word';
}
