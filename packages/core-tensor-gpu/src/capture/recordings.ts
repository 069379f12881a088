import type { CantripError } from '@cantrip/errors';
import { openBackend } from '../device/current-backend.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { checkRepeats } from './check-repeats.ts';
import type { Feed } from './feeds.ts';
import { closureValues } from './host/closure-values.ts';
import type { OwnValues } from './host/own-values.ts';
import { structureOfValues } from './host/structure-of-values.ts';
import { isCompared } from './host/when-compared.ts';
import { compareAgain, takeAccount } from './later-check.ts';
import type { CallOf, RecordingsOptions } from './recordings-options.ts';
import { compareWith, type Entry, isCurrent, signatureOf } from './recording-entry.ts';
import { type Recorded, recordStep, type StepFunction } from './record-step.ts';
import { leavesSomething, type Recording } from './recording.ts';
import { keepsState } from './refusals.ts';
import type { Tree } from './trees/trees.ts';
import { youngestVariable } from './variables.ts';

/** The recordings of one step, one for each structure and signature. */
export interface Recordings {
  readonly size: number;
  /** The number of recordings made so far. */
  readonly made: number;
  readonly latest: Recording | undefined;
  /** With `compare: 'later'`: why this step cannot be replayed. Its last call was correct. */
  readonly refusal: CantripError | undefined;
  /** The recording for these inputs. It is made again if something that it uses is gone or was replaced. */
  of(inputs: Tree<Feed>, call: CallOf): Recording;
  /** After a call: deletes a recording that cannot be used again. */
  called(recording: Recording): void;
  forget(): void;
}

/** The result of a run of the step's JavaScript. */
type Made = Pick<Entry, 'recording' | 'account' | 'settled'>;

interface Asked {
  readonly inputs: Tree<Feed>;
  readonly structure: string;
  /** The entry of the same signature, if its recording cannot be called as it is. */
  readonly known: Entry | undefined;
  /** That entry, or the latest one whose signature differs only in the values of known objects. */
  readonly like: Entry | undefined;
}

/** Limits memory if every batch has a different shape. */
const mostRecordings = 64;

export function createRecordings(
  backend: NativeBackend,
  step: StepFunction,
  { compare = 'first', codes = () => [], ...options }: RecordingsOptions,
): Recordings {
  const entries = new Map<string, Entry>();
  /** Structures whose step is known to do the same each time. */
  const checked = new Set<string>();
  const ownValues = options.ownValues ?? (() => []);
  const knownValues = structureOfValues(ownValues);
  let latest: Recording | undefined;
  let made = 0;
  let refusal: CantripError | undefined;

  function of(inputs: Tree<Feed>, { structure, period }: CallOf): Recording {
    const base = `${structure}|${signatureOf(inputs)}`;
    const values = knownValues.now();
    const signature = `${base}|${values}`;
    const known = entries.get(signature);
    if (known?.settled && isCurrent(known, backend)) {
      return replay(signature, { entry: known, period, inputs, structure });
    }
    const like = known ?? [...entries.values()].findLast((entry) => entry.base === base);
    entries.delete(signature);
    const make = compare === 'first' ? recordAndCheck : recordForNow;
    const run = make({ inputs, structure, known, like });
    if (like && like !== known && like.recording === run.recording)
      knownValues.madeNoDifference(like.values, values);
    const use = { period, calls: (known?.calls ?? 0) + 1, sinceCompared: 0, periods: known?.periods ?? 0 };
    const entry = { ...run, ...use, base, values, youngest: youngestVariable() };
    latest = entry.recording;
    put(signature, entry);
    if (entries.size > mostRecordings) dropOldest();
    return entry.recording;
  }

  /**
   * At some calls, the step's JavaScript runs instead of a replay. Its effects on the host would then differ from a
   * run op by op.
   */
  function replay(
    signature: string,
    { entry, period, inputs, structure }: Pick<Asked, 'inputs' | 'structure'> & ReplayOf,
  ): Recording {
    const begins = entry.period !== period;
    const compared = isCompared({ ...entry, begins });
    const now = compared ? compareNow(signature, { entry, inputs, structure }) : entry;
    put(signature, {
      ...entry,
      ...now,
      period,
      calls: entry.calls + 1,
      sinceCompared: compared ? 0 : entry.sinceCompared + 1,
      periods: entry.periods + Number(compared && begins),
    });
    return now.recording;
  }

  function compareNow(
    signature: string,
    { entry, inputs, structure }: Pick<Asked, 'inputs' | 'structure'> & { readonly entry: Entry },
  ): Made {
    const way = { structure, before: entry.recording, forOneCall: compare === 'later' };
    const run = trace(inputs, way);
    const difference = compareAgain(entry, run, entry.sinceCompared);
    if (difference === 'same') return entry;
    entries.delete(signature);
    checked.delete(structure);
    drop(entry.recording);
    if (compare === 'later') {
      refusal = difference;
      return { ...(run as Traced), settled: false };
    }
    if (isWhole(run.recording)) drop(run.recording);
    throw difference;
  }

  function trace(
    inputs: Tree<Feed>,
    { structure, before, forOneCall }: TraceWay,
  ): Pick<Made, 'account'> & { readonly recording: Recorded } {
    const account = takeAccount(options.where);
    const way = { ...options, ownValues: valuesOf(structure), witness: account.witness, before, forOneCall };
    const recording = recordStep(backend, step, inputs, way);
    if (recording !== before && isWhole(recording)) made++;
    return { recording, account };
  }

  /** Reading closures is slow. A step that changes closure values does so in its first runs. */
  function valuesOf(structure: string): () => readonly OwnValues[] {
    if (checked.has(structure)) return ownValues;
    const inClosures = closureValues(codes());
    return () => [...ownValues(), ...inClosures];
  }

  /** A later run may use what an earlier run kept. Such a step is recorded in its second run. */
  function recordAndCheck({ inputs, structure, known, like }: Asked): Made {
    const record = (before?: Recording): ReturnType<typeof trace> =>
      trace(inputs, { structure, before, forOneCall: false });
    const first = record(like?.recording);
    const { recording, account } = isWhole(first.recording) ? first : record();
    if (known && known.recording !== recording) drop(known.recording);
    if (!isWhole(recording)) throw keepsState(recording.leavings);
    if (!checked.has(structure)) check(inputs, structure, recording);
    checked.add(structure);
    return { recording, account, settled: true };
  }

  function check(inputs: Tree<Feed>, structure: string, recording: Recording): void {
    try {
      checkRepeats(backend, step, inputs, { ...options, ownValues: valuesOf(structure) }, recording);
    } catch (error) {
      drop(recording);
      throw error;
    }
  }

  function recordForNow({ inputs, structure, known, like }: Asked): Made {
    const before = like && !leavesSomething(like.recording) ? like.recording : undefined;
    const run = trace(inputs, { structure, before, forOneCall: true }) as Traced;
    const compared = compareWith(run, known, like);
    if (known && known.recording !== run.recording) drop(known.recording);
    if (typeof compared !== 'string') refusal = compared;
    if (compared === 'same') checked.add(structure);
    return { ...run, settled: checked.has(structure) && !leavesSomething(run.recording) };
  }

  /** The entry used last is at the end. */
  function put(signature: string, entry: Entry): void {
    entries.delete(signature);
    entries.set(signature, entry);
  }

  function dropOldest(): void {
    const [signature, { recording }] = [...entries][0]!;
    entries.delete(signature);
    drop(recording);
  }

  /** Deletes a recording, unless another entry uses it. */
  function drop(recording: Recording): void {
    const isUsed = [...entries.values()].some((entry) => entry.recording === recording);
    if (!isUsed && !leavesSomething(recording)) free(recording);
  }

  /** If another device was opened since, the function was deleted with its context. */
  function free({ fn }: Recording): void {
    if (openBackend('tensorflow') === backend) fn.dispose();
  }

  const all = (): ReadonlySet<Recording> => new Set([...entries.values()].map(({ recording }) => recording));

  return {
    of,
    called(recording) {
      if (leavesSomething(recording)) free(recording);
    },
    forget() {
      for (const recording of all()) if (!leavesSomething(recording)) free(recording);
      entries.clear();
      checked.clear();
    },
    get size() {
      return all().size;
    },
    get made() {
      return made;
    },
    get latest() {
      return latest;
    },
    get refusal() {
      return refusal;
    },
  };
}

interface ReplayOf {
  readonly entry: Entry;
  readonly period: number | undefined;
}

interface TraceWay {
  readonly structure: string;
  readonly before: Recording | undefined;
  readonly forOneCall: boolean;
}

/** A run whose recording can be called. */
type Traced = Pick<Made, 'recording' | 'account'>;

function isWhole(recorded: Recorded): recorded is Recording {
  return 'fn' in recorded;
}
