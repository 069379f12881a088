import type { CantripError } from '@cantrip/errors';
import { openBackend } from '../device/current-backend.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { checkRepeats } from './check-repeats.ts';
import { type Feed, isFeed, signatureOfFeed } from './feeds.ts';
import { type Account, compareRuns, takeAccount } from './later-check.ts';
import { type Recorded, recordStep, type RecordOptions, type StepFunction } from './record-step.ts';
import { leavesSomething, type Recording } from './recording.ts';
import { keepsState } from './refusals.ts';
import { mapLeaves, type Tree } from './trees/trees.ts';
import { youngestVariable } from './variables.ts';

export interface RecordingsOptions extends RecordOptions {
  /**
   * When a step is compared with itself: `first`, by runs without an effect before its first call, or `later`, at its
   * next calls, so that its JavaScript runs once a call until that is known to be needless.
   */
  readonly compare?: 'first' | 'later' | undefined;
}

/** The recordings of one step, one for each structure and signature. */
export interface Recordings {
  readonly size: number;
  /** Operations of the latest one. */
  readonly operations: number;
  /** Where steps are compared later: why this one can't be replayed. Its calls so far were right. */
  readonly refusal: CantripError | undefined;
  /** The one that fits what is fed, recorded anew where something that it takes is gone or was replaced. */
  of(inputs: Tree<Feed>, structure: string): Recording;
  /** After a call: lets a recording go that serves no other. */
  called(recording: Recording): void;
  forget(): void;
}

interface Entry {
  readonly recording: Recording;
  /** The youngest variable then: a younger one may stand in the place of one that the recording takes. */
  readonly youngest: number;
  /** Present until the step is known to do the same each time. */
  readonly account?: Account;
}

/** Data whose every batch has a shape of its own must not fill the memory with functions. */
const mostRecordings = 64;

export function createRecordings(
  backend: NativeBackend,
  step: StepFunction,
  { compare = 'first', ...options }: RecordingsOptions,
): Recordings {
  const entries = new Map<string, Entry>();
  /** Structures whose step is known to do the same each time it runs. */
  const checked = new Set<string>();
  let operations = 0;
  let refusal: CantripError | undefined;

  function of(inputs: Tree<Feed>, structure: string): Recording {
    const signature = `${structure}|${signatureOf(inputs)}`;
    const known = entries.get(signature);
    if (known && !known.account && isCurrent(known, backend)) {
      put(signature, known);
      return known.recording;
    }
    entries.delete(signature);
    const make = compare === 'first' ? recordAndCheck : recordForNow;
    const entry = { ...make(inputs, structure, known), youngest: youngestVariable() };
    operations = entry.recording.fn.operations;
    put(signature, entry);
    if (entries.size > mostRecordings) dropOldest();
    return entry.recording;
  }

  /** What an earlier run kept, a later one uses: such a step is recorded in its second run. */
  function recordAndCheck(inputs: Tree<Feed>, structure: string, known?: Entry): Pick<Entry, 'recording'> {
    const record = (before?: Recording): Recorded =>
      recordStep(backend, step, inputs, { ...options, before, forOneCall: false });
    const first = record(known?.recording);
    const recording = isWhole(first) ? first : record();
    if (known && known.recording !== recording) drop(known.recording);
    if (!isWhole(recording)) throw keepsState(recording.leavings);
    if (!checked.has(structure)) check(inputs, recording);
    checked.add(structure);
    return { recording };
  }

  function check(inputs: Tree<Feed>, recording: Recording): void {
    try {
      checkRepeats(backend, step, inputs, options, recording);
    } catch (error) {
      drop(recording);
      throw error;
    }
  }

  function recordForNow(
    inputs: Tree<Feed>,
    structure: string,
    known?: Entry,
  ): Pick<Entry, 'recording' | 'account'> {
    const account = takeAccount(options.where);
    const recording = recordStep(backend, step, inputs, {
      ...options,
      witness: account.witness,
      before: known && !leavesSomething(known.recording) ? known.recording : undefined,
      forOneCall: true,
    }) as Recording;
    const compared = known?.account
      ? compareRuns({ recording: known.recording, account: known.account }, { recording, account })
      : 'unsettled';
    if (known && known.recording !== recording && !leavesSomething(known.recording)) drop(known.recording);
    if (typeof compared !== 'string') refusal = compared;
    if (compared === 'same') checked.add(structure);
    const settled = checked.has(structure) && !leavesSomething(recording);
    return settled ? { recording } : { recording, account };
  }

  /** The one used last stands last. */
  function put(signature: string, entry: Entry): void {
    entries.delete(signature);
    entries.set(signature, entry);
  }

  function dropOldest(): void {
    const [signature, { recording }] = [...entries][0]!;
    entries.delete(signature);
    if (!leavesSomething(recording)) drop(recording);
  }

  /** A function went with its context where another device was opened since. */
  function drop({ fn }: Recording): void {
    if (openBackend('tensorflow') === backend) fn.dispose();
  }

  return {
    of,
    called(recording) {
      if (leavesSomething(recording)) drop(recording);
    },
    forget() {
      for (const { recording } of entries.values()) if (!leavesSomething(recording)) drop(recording);
      entries.clear();
      checked.clear();
    },
    get size() {
      return entries.size;
    },
    get operations() {
      return operations;
    },
    get refusal() {
      return refusal;
    },
  };
}

function isWhole(recorded: Recorded): recorded is Recording {
  return 'fn' in recorded;
}

/** The same names in another order are another signature, because feeds are told apart by their place. */
function signatureOf(inputs: Tree<Feed>): string {
  const signatures: string[] = [];
  mapLeaves(inputs, isFeed, (feed, path) => signatures.push(`${path}:${signatureOfFeed(feed)}`));
  return signatures.join();
}

function isCurrent({ recording, youngest }: Entry, backend: NativeBackend): boolean {
  const gone = recording.inputs.some((input) => {
    if ('variable' in input) return input.variable.isDisposed;
    return 'dataId' in input && !backend.tensorMap.has(input.dataId);
  });
  return !gone && youngestVariable() <= youngest;
}
