import type { CantripError } from '@cantrip/errors';
import type { Witness } from './recorder-contract.ts';
import type { Place } from './host/own-values.ts';
import { leavesSomething, type Recording } from './recording.ts';
import { keepsState, varies, variesSince } from './refusals.ts';

/** What one run of a step did, in order. */
export interface Account {
  readonly witness: Witness;
  readonly entries: readonly {
    readonly what: string;
    readonly content: string;
    readonly place?: Place | undefined;
  }[];
}

/** Records what a run does. */
export function takeAccount(where: (() => Place | undefined) | undefined): Account {
  const entries: { what: string; content: string; place: Place | undefined }[] = [];
  return { entries, witness: (what, content) => void entries.push({ what, content, place: where?.() }) };
}

export interface Run {
  readonly recording: Pick<Recording, 'leavings'>;
  readonly account: Account;
}

/**
 * Compares two consecutive real runs of a step.
 *
 * @returns `same` if a replay of the second run does what the step does; `unsettled` if a third run is needed,
 *   because the first run kept tensors that later runs use; otherwise the error, which says why the step cannot be
 *   replayed
 */
export function compareRuns(first: Run, second: Run): 'same' | 'unsettled' | CantripError {
  if (leavesSomething(second.recording)) return keepsState(second.recording.leavings);
  if (first.recording === second.recording) return 'same';
  if (leavesSomething(first.recording)) return 'unsettled';
  return varies(...differenceOf(first, second));
}

/**
 * Compares a run with the recording that was replayed until now.
 *
 * @param calls - the number of replays since the last comparison
 */
export function compareAgain(recorded: Run, now: Run, calls: number): 'same' | CantripError {
  if (leavesSomething(now.recording)) return keepsState(now.recording.leavings);
  if (recorded.recording === now.recording) return 'same';
  const difference = differenceOf(recorded, now);
  return calls > 0 ? variesSince(calls, ...difference) : varies(...difference);
}

function differenceOf(first: Run, second: Run): [what: string, place: Place | undefined] {
  const differing = second.account.entries.find(({ what, content }, index) => {
    const before = first.account.entries[index];
    return before?.what !== what || before.content !== content;
  });
  return [differing?.what ?? 'something', differing?.place];
}
