import type * as tf from '@tensorflow/tfjs-core';
import type { Pointer } from '../native/c-api.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type Feed, type FedHandle, handleOfFeed } from './feeds.ts';
import type { RecordedInput, Recording } from './record-step.ts';
import { mapLeaves, type Tree } from './trees.ts';
import { own } from './variables.ts';

/** A call of a recording, with its arguments as they are now. */
export interface Call {
  readonly handles: readonly Pointer[];
  /** The step's results, from what the function returned. */
  finish(results: readonly Pointer[]): Tree<tf.Tensor>;
  /** After the call: frees what was uploaded for it. */
  free(): void;
}

export function prepareCall(backend: NativeBackend, recording: Recording, feeds: readonly Feed[]): Call {
  const { binding } = backend;
  const fed: FedHandle[] = [];
  const changing: number[] = [];
  const free = (): void => {
    for (const { fresh } of fed) if (fresh !== undefined) binding.deleteTensor(fresh);
  };
  const handleOf = (input: RecordedInput): Pointer => {
    if ('variable' in input) {
      const id = idOf(backend, input);
      if (input.changes) changing.push(id);
      return binding.resourceOf(id);
    }
    if ('feed' in input) {
      const handle = handleOfFeed(feeds[input.feed]!, backend);
      fed.push(handle);
      return handle.pointer;
    }
    return binding.handleOf(backend.getInputTensorIds([input as unknown as tf.Tensor])[0]!, 'capture');
  };
  try {
    const handles = recording.inputs.map(handleOf);
    changing.forEach(binding.releaseReading);
    return {
      handles,
      finish(results) {
        changing.forEach(binding.releaseReading);
        return mapLeaves(recording.results, isIndex, (index) =>
          backend.createOutputTensor(binding.adopt(results[index]!)),
        );
      },
      free,
    };
  } catch (error) {
    free();
    throw error;
  }
}

/** A variable that the call changes must have a tensor of its own: a clone that shares it keeps the old value. */
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
