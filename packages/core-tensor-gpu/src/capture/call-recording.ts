import type * as tf from '@tensorflow/tfjs-core';
import type { Pointer } from '../native/api/c-api.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type Feed, type FedHandle, handleOfFeed } from './feeds.ts';
import type { RecordedInput, Recording } from './recording.ts';
import { mapLeaves, type Tree } from './trees/trees.ts';
import { own } from './variables.ts';

/** A call of a recording, with its current arguments. */
export interface Call {
  readonly handles: readonly Pointer[];
  /** Builds the step's results from the outputs of the function. */
  finish(results: readonly Pointer[]): Tree<tf.Tensor>;
  /** After a failed call: restores the values of the variables. Only for a guarded call. */
  undo(): void;
  /** After the call: frees what was uploaded for it. */
  free(): void;
}

/** Called for each variable that a call changes, before the change. `value` returns the old value; the caller disposes it. */
export type KeepBefore = (variable: tf.Variable, value: () => tf.Tensor) => void;

interface CallWay {
  /** Keeps the values of the variables for `undo`, which copies each variable that the call changes. */
  readonly guarded?: boolean;
  readonly keepBefore?: KeepBefore | undefined;
}

export function prepareCall(
  backend: NativeBackend,
  recording: Pick<Recording, 'inputs' | 'results' | 'leavings'>,
  feeds: readonly Feed[],
  { guarded = false, keepBefore }: CallWay = {},
): Call {
  const { binding } = backend;
  const fed: FedHandle[] = [];
  const changing: number[] = [];
  const free = (): void => {
    for (const { fresh } of fed) if (fresh !== undefined) binding.deleteTensor(fresh);
  };
  const handleOf = (input: RecordedInput): Pointer => {
    if ('variable' in input) {
      const id = idOf(backend, input);
      if (input.changes) {
        keepBefore?.(input.variable, () => sharedValue(backend, id));
        changing.push(id);
      }
      return binding.resourceOf(id);
    }
    if ('feed' in input) {
      const handle = handleOfFeed(feeds[input.feed]!, backend);
      fed.push(handle);
      return handle.pointer;
    }
    return binding.handleOf(idOfOuter(backend, input), 'capture');
  };
  try {
    const handles = recording.inputs.map(handleOf);
    for (const id of changing) {
      if (guarded) binding.handleOf(id, 'capture');
      else binding.releaseReading(id);
    }
    return {
      handles,
      undo: () => changing.forEach(binding.putBack),
      finish(results) {
        changing.forEach(binding.releaseReading);
        const { kept } = recording.leavings;
        giveValues(backend, kept, kept.length > 0 ? results.slice(-kept.length) : []);
        return mapLeaves(recording.results, isIndex, (index) =>
          backend.createOutputTensor(binding.adopt(results[index]!)),
        );
      },
      free() {
        free();
        recording.leavings.released.forEach(binding.deleteTensor);
      },
    };
  } catch (error) {
    free();
    throw error;
  }
}

/** Shares the variable's memory: TensorFlow copies before it changes what somebody else refers to. */
function sharedValue(backend: NativeBackend, id: number): tf.Tensor {
  return backend.createOutputTensor(backend.binding.executeOp('Identity', [], [id], 1)[0]!);
}

function idOfOuter(
  backend: NativeBackend,
  { dataId, id }: Extract<RecordedInput, { readonly dataId: object }>,
): number {
  if (!backend.tensorMap.has(dataId)) return id;
  return backend.getInputTensorIds([{ dataId } as unknown as tf.Tensor])[0]!;
}

/** Gives values to the tensors that the step kept during recording. They become ordinary tensors. */
function giveValues(
  { binding, tensorMap }: NativeBackend,
  kept: readonly object[],
  values: readonly Pointer[],
): void {
  kept.forEach((dataId, index) => {
    const { id } = binding.adopt(values[index]!);
    // Disposed during the call.
    if (tensorMap.has(dataId)) tensorMap.get(dataId).id = id;
    else binding.deleteTensor(id);
  });
}

/**
 * A variable that the call changes needs a tensor of its own, because a clone that shares the tensor keeps the old
 * value.
 */
function idOf(
  backend: NativeBackend,
  { variable, changes }: Extract<RecordedInput, { readonly variable: tf.Variable }>,
): number {
  if (changes) own(variable, backend);
  return backend.getInputTensorIds([variable])[0]!;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number';
}
