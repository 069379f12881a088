import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a test with a new folder, which is removed afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-checkpoint-'));
  try {
    await work(join(folder, 'run'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The steps of the checkpoints of a folder. */
export const stepsIn = (folder: string): readonly number[] =>
  readdirSync(folder)
    .flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
