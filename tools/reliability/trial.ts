import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunConfig } from './child/run-config.ts';
import { differences, type Outcome, outcomeIn } from './outcome.ts';
import { type ChildOptions, type Ending, runChild } from './run-child.ts';
import type { Way } from './way.ts';

/** The runs of one folder, one after another, and the unbroken run that their end must equal. */
export interface Trial {
  readonly unbroken: Outcome;
  /** Starts a process, which goes on with what is in the folder. */
  start(config?: Omit<RunConfig, 'folder' | keyof Way>, options?: ChildOptions): Promise<Ending>;
  /** What the last process that ended left. */
  outcome(): Outcome | undefined;
  /** Starts a process that nothing disturbs, and throws unless its outcome equals the unbroken one. */
  finish(): Promise<Outcome>;
}

const unbrokenRuns = new Map<string, Promise<Outcome>>();

/** Runs a trial in a folder of its own, which is removed. */
export async function inTrial(way: Way, run: (trial: Trial) => Promise<void>): Promise<void> {
  const unbroken = await unbrokenRun(way);
  await inFolder(async (folder) => {
    const start: Trial['start'] = (config = {}, options) => runChild({ folder, ...way, ...config }, options);
    await run({
      unbroken,
      start,
      outcome: () => outcomeIn(folder),
      async finish() {
        const ending = await start({ inOrder: true });
        const outcome = outcomeIn(folder);
        if (ending.code !== 0 || !outcome)
          throw new Error(
            `the run that went on ended with ${ending.code ?? ending.signal}: ${ending.output.slice(-600)}`,
          );
        requireEqual(outcome, unbroken);
        return outcome;
      },
    });
  });
}

/** Throws what differs from the unbroken run, but for these parts. */
export function requireEqual(outcome: Outcome, unbroken: Outcome, but: readonly string[] = []): void {
  const different = differences(outcome, unbroken).filter((part) => !but.includes(part));
  if (different.length > 0) throw new Error(`differs from the unbroken run in: ${different.join(', ')}`);
}

/** Throws unless a process ended by the signal. */
export function requireSignal({ code, signal, output }: Ending, wanted: NodeJS.Signals): void {
  if (signal !== wanted)
    throw new Error(`ended with ${signal ?? code} instead of ${wanted}: ${output.slice(-600)}`);
}

/** The outcome of a run that nothing disturbs. The steps wait for the disk, which must change nothing. */
export function unbrokenRun(way: Way): Promise<Outcome> {
  const key = JSON.stringify(way);
  const known = unbrokenRuns.get(key);
  if (known) return known;
  const made = inFolder(async (folder) => {
    const { output } = await runChild({ folder, ...way, inOrder: true });
    const outcome = outcomeIn(folder);
    if (!outcome) throw new Error(`the unbroken run failed: ${output.slice(-600)}`);
    return outcome;
  });
  unbrokenRuns.set(key, made);
  return made;
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-reliability-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
