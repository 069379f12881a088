import type { CantripError } from '@cantrip/errors';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type Feed, isFeed, signatureOfFeed } from './feeds.ts';
import { type Account, compareRuns } from './later-check.ts';
import { leavesSomething, type Recording } from './recording.ts';
import { keepsState } from './refusals.ts';
import { mapLeaves, type Tree } from './trees/trees.ts';
import { youngestVariable } from './variables.ts';

/** A recording, what it serves for, and how it was used. */
export interface Entry {
  readonly recording: Recording;
  readonly account: Account;
  /** Whether the step is known to do the same each time. */
  readonly settled: boolean;
  /** The youngest variable then: a younger one may stand in the place of one that the recording takes. */
  readonly youngest: number;
  /** Without the values of known objects. */
  readonly base: string;
  readonly values: string;
  readonly period: number | undefined;
  readonly calls: number;
  readonly sinceCompared: number;
  readonly periods: number;
}

/** With the run before, also where known objects held other values then but that made no difference. */
export function compareWith(
  run: Pick<Entry, 'recording' | 'account'>,
  known: Entry | undefined,
  like: Entry | undefined,
): 'same' | 'unsettled' | CantripError {
  if (!like || like.settled) return 'unsettled';
  if (like === known || like.recording === run.recording) return compareRuns(like, run);
  // A layer that counts its calls has another value each time.
  const keep = leavesSomething(like.recording) && leavesSomething(run.recording);
  return keep ? keepsState(run.recording.leavings) : 'unsettled';
}

/** What is fed, as a text: the same names in another order are another one, because feeds are told apart by their place. */
export function signatureOf(inputs: Tree<Feed>): string {
  const signatures: string[] = [];
  mapLeaves(inputs, isFeed, (feed, path) => signatures.push(`${path}:${signatureOfFeed(feed)}`));
  return signatures.join();
}

/** Whether all that it takes is still there. */
export function isCurrent({ recording, youngest }: Entry, backend: NativeBackend): boolean {
  const gone = recording.inputs.some((input) => {
    if ('variable' in input) return input.variable.isDisposed;
    return 'dataId' in input && !backend.tensorMap.has(input.dataId);
  });
  return !gone && youngestVariable() <= youngest;
}
