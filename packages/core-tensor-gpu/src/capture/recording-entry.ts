import type { CantripError } from '@cantrip/errors';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type Feed, isFeed, signatureOfFeed } from './feeds.ts';
import { type Account, compareRuns } from './later-check.ts';
import { leavesSomething, type Recording } from './recording.ts';
import { keepsState } from './refusals.ts';
import { mapLeaves, type Tree } from './trees/trees.ts';
import { youngestVariable } from './variables.ts';

/** A recording, its signature, and its use. */
export interface Entry {
  readonly recording: Recording;
  readonly account: Account;
  /** Whether the step is known to do the same at each run. */
  readonly settled: boolean;
  /** The newest variable at the time of recording. A newer variable may replace one that the recording uses. */
  readonly youngest: number;
  /** The signature without the values of known objects. */
  readonly base: string;
  readonly values: string;
  readonly period: number | undefined;
  readonly calls: number;
  readonly sinceCompared: number;
  readonly periods: number;
}

/** Compares with an earlier run. It may have had other values of known objects, if they made no difference. */
export function compareWith(
  run: Pick<Entry, 'recording' | 'account'>,
  known: Entry | undefined,
  like: Entry | undefined,
): 'same' | 'unsettled' | CantripError {
  if (!like || like.settled) return 'unsettled';
  if (like === known || like.recording === run.recording) return compareRuns(like, run);
  // A layer that counts its calls has a new value each time.
  const keep = leavesSomething(like.recording) && leavesSomething(run.recording);
  return keep ? keepsState(run.recording.leavings) : 'unsettled';
}

/** The signature of the inputs. The order of names matters, because inputs are matched by position. */
export function signatureOf(inputs: Tree<Feed>): string {
  const signatures: string[] = [];
  mapLeaves(inputs, isFeed, (feed, path) => signatures.push(`${path}:${signatureOfFeed(feed)}`));
  return signatures.join();
}

/** Whether everything that the recording uses still exists. */
export function isCurrent({ recording, youngest }: Entry, backend: NativeBackend): boolean {
  const gone = recording.inputs.some((input) => {
    if ('variable' in input) return input.variable.isDisposed;
    return 'dataId' in input && !backend.tensorMap.has(input.dataId);
  });
  return !gone && youngestVariable() <= youngest;
}
