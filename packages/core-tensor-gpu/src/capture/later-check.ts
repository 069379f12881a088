import type { CantripError } from '@cantrip/errors';
import type { Witness } from './recorder.ts';
import { leavesSomething, type Place, type Recording } from './recording.ts';
import { keepsState, varies } from './refusals.ts';

/** What one run of a step did, in order. */
export interface Account {
  readonly witness: Witness;
  readonly entries: readonly {
    readonly what: string;
    readonly content: string;
    readonly place?: Place | undefined;
  }[];
}

/** Writes down what a run does. */
export function takeAccount(where: (() => Place | undefined) | undefined): Account {
  const entries: { what: string; content: string; place: Place | undefined }[] = [];
  return { entries, witness: (what, content) => void entries.push({ what, content, place: where?.() }) };
}

export interface Run {
  readonly recording: Recording;
  readonly account: Account;
}

/**
 * Compares two runs of a step, one after the other, each of which was a real one.
 *
 * @returns `same` where a replay of the second does what the step does; `unsettled` where only a third run can tell,
 *   because the first one kept what later ones use; else why the step can't be replayed
 */
export function compareRuns(first: Run, second: Run): 'same' | 'unsettled' | CantripError {
  if (leavesSomething(second.recording)) return keepsState(second.recording.leavings);
  if (first.recording === second.recording) return 'same';
  if (leavesSomething(first.recording)) return 'unsettled';
  const differing = second.account.entries.find(({ what, content }, index) => {
    const before = first.account.entries[index];
    return before?.what !== what || before.content !== content;
  });
  return varies(differing?.what ?? 'something', differing?.place);
}
