import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { checkRepeats } from './check-repeats.ts';
import { type Feed, isFeed, signatureOfFeed } from './feeds.ts';
import { type Recording, recordStep, type RecordOptions, type StepFunction } from './record-step.ts';
import { mapLeaves, type Tree } from './trees.ts';
import { youngestVariable } from './variables.ts';

/** The recordings of one step, one for each structure and signature. */
export interface Recordings {
  readonly size: number;
  /** Operations of the latest one. */
  readonly operations: number;
  /** The one that fits what is fed, recorded anew where something that it takes is gone or was replaced. */
  of(inputs: Tree<Feed>, structure: string): Recording;
  forget(): void;
}

interface Entry {
  readonly recording: Recording;
  /** The youngest variable then: a younger one may stand in the place of one that the recording takes. */
  readonly youngest: number;
}

/** Data whose every batch has a shape of its own must not fill the memory with functions. */
const mostRecordings = 64;

export function createRecordings(
  backend: NativeBackend,
  step: StepFunction,
  options: RecordOptions,
): Recordings {
  const entries = new Map<string, Entry>();
  /** Structures whose step is known to do the same each time it runs. */
  const checked = new Set<string>();
  let operations = 0;

  function record(inputs: Tree<Feed>, before?: Recording): Recording {
    const recording = recordStep(backend, step, inputs, options, before);
    if (before && before !== recording) drop(before);
    operations = recording.fn.operations;
    return recording;
  }

  function of(inputs: Tree<Feed>, structure: string): Recording {
    const signature = `${structure}|${signatureOf(inputs)}`;
    const known = entries.get(signature);
    if (known && isCurrent(known, backend)) {
      put(signature, known);
      return known.recording;
    }
    entries.delete(signature);
    const recording = record(inputs, known?.recording);
    if (!checked.has(structure)) check(inputs, recording);
    checked.add(structure);
    put(signature, { recording, youngest: youngestVariable() });
    if (entries.size > mostRecordings) dropOldest();
    return recording;
  }

  function check(inputs: Tree<Feed>, recording: Recording): void {
    try {
      checkRepeats(backend, step, inputs, options, recording);
    } catch (error) {
      drop(recording);
      throw error;
    }
  }

  /** The one used last stands last. */
  function put(signature: string, entry: Entry): void {
    entries.delete(signature);
    entries.set(signature, entry);
  }

  function dropOldest(): void {
    const [signature, { recording }] = [...entries][0]!;
    entries.delete(signature);
    drop(recording);
  }

  /** A function went with its context where another device was opened since. */
  function drop({ fn }: Recording): void {
    if (tf.findBackend('tensorflow') === backend) fn.dispose();
  }

  return {
    of,
    forget() {
      for (const { recording } of entries.values()) drop(recording);
      entries.clear();
      checked.clear();
    },
    get size() {
      return entries.size;
    },
    get operations() {
      return operations;
    },
  };
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
