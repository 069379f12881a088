import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { Pointer } from '../native/c-api.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type Feed, type FedHandle, handleOfFeed, isFeed, signatureOfFeed } from './feeds.ts';
import {
  type RecordedInput,
  type Recording,
  recordStep,
  type RecordOptions,
  type StepFunction,
} from './record-step.ts';
import { leavesOf, mapLeaves, type Tree } from './trees.ts';

export type CaptureOptions = RecordOptions;

/** What a call feeds: the same tree as the step takes, with a tensor, host numbers or one number for each tensor. */
export type Feeds<Inputs> = Inputs extends tf.Tensor
  ? Feed
  : { readonly [Key in keyof Inputs]: Feeds<Inputs[Key]> };

export interface RunOptions {
  /** Steps of one structure share a recording; another structure (another phase, a layer unfrozen) needs another. */
  readonly structure?: string;
}

/** A step that is recorded once for each signature and replayed as one call. */
export interface CapturedStep<Inputs, Outputs> {
  /** Runs off the event loop. Calls wait for each other. The tensors returned are the caller's to dispose of. */
  run(inputs: Feeds<Inputs>, options?: RunOptions): Promise<Outputs>;
  /** Runs here and now: the quicker way for a step of less than a millisecond or so. */
  runSync(inputs: Feeds<Inputs>, options?: RunOptions): Outputs;
  /** How many recordings there are: one for each structure and signature seen. */
  readonly recordings: number;
  /** Operations of the latest recording. */
  readonly operations: number;
  /** Forgets all recordings, e.g. because something that the step reads was replaced. */
  forget(): void;
  dispose(): void;
}

/**
 * Captures a step: a pure function from tensors to tensors that may read and assign variables.
 *
 * The first call with inputs of a new signature (shapes, types, structure) records every op that the function runs
 * as a TensorFlow function; calls replay it. Variables, and tensors from outside, are read anew at each call, and
 * what the step assigns is there when the call is done. JavaScript inside the function runs while recording only, and
 * again when a variable or a tensor that the recording reads has been disposed of. The recordings used last are kept.
 *
 * @throws CantripError CAPTURE_UNSUPPORTED where the open device is not TensorFlow, at a call too; and at the first call
 *   with a signature what the recording throws
 * @example
 * ```ts
 * const total = tf.variable(tf.scalar(0));
 * const step = captureStep(({ x }: { x: tf.Tensor }) => {
 *   total.assign(tf.add(total, tf.sum(x)));
 *   return tf.mean(x);
 * });
 * const mean = await step.run({ x: tf.tensor1d([1, 2, 3]) }); // 2; total is 6
 * ```
 */
export function captureStep<Inputs, Outputs>(
  step: (inputs: Inputs) => Outputs,
  options: CaptureOptions = {},
): CapturedStep<Inputs, Outputs> {
  const backend = nativeBackend();
  const recordings = new Map<string, Recording>();
  let operations = 0;
  let last: Promise<unknown> = Promise.resolve();

  function recordingOf(inputs: Tree<Feed>, structure: string): Recording {
    const signature = `${structure}|${signatureOf(inputs)}`;
    const known = recordings.get(signature);
    // Whatever happens next, the one used last stands last.
    recordings.delete(signature);
    if (known && isCurrent(known, backend)) {
      recordings.set(signature, known);
      return known;
    }
    if (known) drop(known);
    const recording = recordStep(backend, step as unknown as StepFunction, inputs, options);
    recordings.set(signature, recording);
    operations = recording.fn.operations;
    if (recordings.size > mostRecordings) dropOldest();
    return recording;
  }

  function dropOldest(): void {
    const [signature, oldest] = [...recordings][0]!;
    recordings.delete(signature);
    drop(oldest);
  }

  /** A function went with its context where another device was opened since. */
  function drop({ fn }: Recording): void {
    if (tf.findBackend('tensorflow') === backend) fn.dispose();
  }

  function begin(inputs: Tree<Feed>, structure: string): Call {
    if (tf.backend() !== backend) throw anotherDevice();
    const leaves = leavesOf(inputs, isFeed);
    const recording = recordingOf(inputs, structure);
    return { backend, recording, ...gather(recording, leaves, backend) };
  }

  async function run(inputs: Feeds<Inputs>, { structure = '' }: RunOptions = {}): Promise<Outputs> {
    const before = last;
    let done!: () => void;
    last = new Promise<void>((resolve) => (done = resolve));
    await before;
    try {
      const call = begin(inputs as Tree<Feed>, structure);
      try {
        return finish(call, await call.recording.fn.callAsync(call.handles)) as Outputs;
      } finally {
        call.free();
      }
    } finally {
      done();
    }
  }

  function runSync(inputs: Feeds<Inputs>, { structure = '' }: RunOptions = {}): Outputs {
    const call = begin(inputs as Tree<Feed>, structure);
    try {
      return finish(call, call.recording.fn.call(call.handles)) as Outputs;
    } finally {
      call.free();
    }
  }

  function forget(): void {
    for (const recording of recordings.values()) drop(recording);
    recordings.clear();
  }

  return {
    run,
    runSync,
    forget,
    dispose: forget,
    get recordings() {
      return recordings.size;
    },
    get operations() {
      return operations;
    },
  };
}

/** Data whose every batch has a shape of its own must not fill the memory with functions. */
const mostRecordings = 64;

/** The same names in another order are another signature, because feeds are told apart by their place. */
function signatureOf(inputs: Tree<Feed>): string {
  const signatures: string[] = [];
  mapLeaves(inputs, isFeed, (feed, path) => signatures.push(`${path}:${signatureOfFeed(feed)}`));
  return signatures.join();
}

interface Call {
  readonly backend: NativeBackend;
  readonly recording: Recording;
  readonly handles: readonly Pointer[];
  free(): void;
}

/** The handles of all arguments as they are now. */
function gather(
  { inputs }: Recording,
  feeds: readonly Feed[],
  backend: NativeBackend,
): Pick<Call, 'handles' | 'free'> {
  const { binding } = backend;
  const fresh: FedHandle[] = [];
  const free = (): void => {
    for (const { fresh: id } of fresh) if (id !== undefined) binding.deleteTensor(id);
  };
  const handleOf = (input: RecordedInput): Pointer => {
    if ('feed' in input) {
      const fed = handleOfFeed(feeds[input.feed]!, backend);
      fresh.push(fed);
      return fed.pointer;
    }
    const tensor = 'variable' in input ? input.variable : (input as unknown as tf.Tensor);
    return binding.handleOf(backend.getInputTensorIds([tensor])[0]!, 'capture');
  };
  try {
    return { handles: inputs.map(handleOf), free };
  } catch (error) {
    free();
    throw error;
  }
}

function isCurrent({ inputs, assigned }: Recording, backend: NativeBackend): boolean {
  return (
    assigned.every((variable) => !variable.isDisposed) &&
    inputs.every((input) => {
      if ('variable' in input) return !input.variable.isDisposed;
      return !('dataId' in input) || backend.tensorMap.has(input.dataId);
    })
  );
}

/** Gives the variables their new values and the results to the caller. */
function finish({ backend, recording }: Call, results: readonly Pointer[]): Tree<tf.Tensor> {
  const { binding } = backend;
  recording.assigned.forEach((variable, index) => {
    const handle = results[recording.resultCount + index]!;
    const entry = variable.isDisposed ? undefined : backend.tensorMap.get(variable.dataId);
    // A clone shares the variable's entry and must keep the old value.
    if (entry && entry.refCount === 1 && entry.values === null) return binding.exchange(entry.id, handle);
    const value = backend.createOutputTensor(binding.adopt(handle));
    if (entry) variable.assign(value);
    value.dispose();
  });
  return mapLeaves(recording.results, isIndex, (index) =>
    backend.createOutputTensor(binding.adopt(results[index]!)),
  );
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number';
}

/** Why the open device can't capture, or undefined where it can. */
export function whyNoCapture(): string | undefined {
  const name = tf.getBackend();
  return name === 'tensorflow' ? undefined : `${name ?? 'no device'} runs op by op`;
}

function nativeBackend(): NativeBackend {
  const reason = whyNoCapture();
  if (reason === undefined) return tf.backend() as NativeBackend;
  throw new CantripError('CAPTURE_UNSUPPORTED', {
    who: 'captureStep',
    what: `a step can be captured on TensorFlow alone, but ${reason}`,
    fix: "Open the device 'tensorflow' or 'cuda', or run the step op by op",
  });
}

function anotherDevice(): CantripError {
  return new CantripError('CAPTURE_UNSUPPORTED', {
    who: 'captureStep',
    what: `the step was captured on a device that is not the open one any more: that is ${tf.getBackend()}`,
    fix: 'Open the device again and capture the step anew, or use one device in a process',
  });
}
