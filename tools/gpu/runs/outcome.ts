import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tally } from '../../test-all/tally.ts';

/** What came of a run: RESULTS/NAME.json. */
export interface Outcome {
  readonly name: string;
  readonly title: string;
  readonly status: 'done' | 'failed' | 'left out';
  /** Why it failed or was left out. */
  readonly reason?: string;
  readonly date: string;
  readonly seconds: number;
  /** E.g. the card's name and TensorFlow's version. */
  readonly device?: string;
  /** Another device stood in for the card. */
  readonly rehearsal?: boolean;
  /** Of tests. */
  readonly tally?: Omit<Tally, 'failures'>;
  readonly failures?: readonly string[];
  /** What the program wrote, by the name of its file. */
  readonly figures?: Readonly<Record<string, unknown>>;
}

export function readOutcome(folder: string, name: string): Outcome | undefined {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Outcome) : undefined;
}

/** Whole or not at all, whenever the process is killed. */
export function writeOutcome(folder: string, outcome: Outcome): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${outcome.name}.json`);
  writeFileSync(`${file}.part`, `${JSON.stringify(outcome, null, 2)}\n`);
  renameSync(`${file}.part`, file);
}
