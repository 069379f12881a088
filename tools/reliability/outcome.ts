import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { isDeepStrictEqual } from 'node:util';
import { runFiles } from './child/run-config.ts';

/** What a run that has ended left. */
export interface Outcome {
  readonly stopped: string | undefined;
  /** The figures of all epochs, also of those before a resume. */
  readonly history: unknown;
  /** The snapshot of the trainer: weights, slots, states of plugins. */
  readonly now: unknown;
  /** The newest checkpoint as it is read again. */
  readonly saved: unknown;
  readonly names: readonly string[];
  readonly failures: readonly string[];
  readonly messages: readonly string[];
  readonly operations: readonly string[];
  /** The logger's file. */
  readonly log: string;
}

/** The outcome in the folder of a run; undefined if the run has not ended. */
export function outcomeIn(folder: string): Outcome | undefined {
  const file = join(folder, runFiles.outcome);
  if (!existsSync(file)) return undefined;
  const log = readFileSync(join(folder, runFiles.log), 'utf8');
  return { ...(deserialize(readFileSync(file)) as Omit<Outcome, 'log'>), log };
}

const compared = ['history', 'now', 'saved', 'names', 'log'] as const;

/** What differs between two outcomes, to the bit; empty if nothing does. */
export function differences(one: Outcome, other: Outcome): readonly string[] {
  return compared.filter((part) => !isDeepStrictEqual(one[part], other[part]));
}
