import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder as inNewFolder } from '../format/fixtures/in-folder.ts';

/** Runs a test with the path of a run's folder, which does not exist yet. */
export const inFolder = (work: (folder: string) => Promise<void>): Promise<void> =>
  inNewFolder((folder) => work(join(folder, 'run')));

/** The steps of the checkpoints of a folder. */
export const stepsIn = (folder: string): readonly number[] =>
  readdirSync(folder)
    .flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
