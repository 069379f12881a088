import * as tf from '@tensorflow/tfjs-core';
import { CantripError, isCantripError } from '@cantrip/errors';
import { onBackend, openBackend } from '../device/current-backend.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type Call, prepareCall } from './call-recording.ts';
import { checkCapture, checkFeeds, checkRunOptions } from './trees/check-call.ts';
import { type Feed, isFeed } from './feeds.ts';
import { failedNode } from '../native/api/op-error.ts';
import { markedAsStopped, markedInCall } from './failed-calls.ts';
import type { StepFunction } from './record-step.ts';
import type { Recording } from './recording.ts';
import { closedDevice, stepBusy } from './refusals.ts';
import { createRecordings } from './recordings.ts';
import type { CallOf, RecordingsOptions } from './recordings-options.ts';
import { leavesOf, type Tree } from './trees/trees.ts';

export type CaptureOptions = RecordingsOptions;

/** What a call feeds: the same tree as the step takes, with a tensor, host numbers or one number for each tensor. */
export type Feeds<Inputs> = Inputs extends tf.Tensor
  ? Feed
  : { readonly [Key in keyof Inputs]: Feeds<Inputs[Key]> };

export interface RunOptions {
  /** Steps of one structure share a recording; another structure (another phase, a layer unfrozen) needs another. */
  readonly structure?: string;
  /** The step is compared with its recording where another period begins, e.g. an epoch; see {@link captureStep}. */
  readonly period?: number;
}

/** A step that is recorded once for each signature and replayed as one call. */
export interface CapturedStep<Inputs, Outputs> {
  /** Runs off the event loop. Calls wait for each other. The tensors returned are the caller's to dispose of. */
  run(inputs: Feeds<Inputs>, options?: RunOptions): Promise<Outputs>;
  /**
   * Runs here and now: the quicker way for a step of less than a millisecond or two.
   *
   * @throws CantripError STEP_BUSY while a call of `run` is under way
   */
  runSync(inputs: Feeds<Inputs>, options?: RunOptions): Outputs;
  /** How many recordings there are: one for each structure and signature seen. */
  readonly recordings: number;
  /** How many were made since the step was captured. */
  readonly made: number;
  /** Operations of the latest recording. */
  readonly operations: number;
  /**
   * With `compare: 'later'`: why the step can't be replayed. Its last call did what the step does, and so did those
   * before, unless this says that some may not have; whoever goes on runs it op by op.
   */
  readonly refusal: CantripError | undefined;
  /** Forgets all recordings, e.g. because something that the step reads was replaced. */
  forget(): void;
  dispose(): void;
}

/**
 * Captures a step: a pure function from tensors to tensors that may read and assign variables.
 *
 * The first call with inputs of a new signature (shapes, types, structure) records every op that the function runs
 * as a TensorFlow function; calls replay it. Variables, and tensors from outside, are read anew at each call, and
 * what the step assigns is there when the call is done; who reads a variable during a call finds its value from before
 * or after, and what plain code assigns meanwhile stands. JavaScript inside the function runs while recording only, and
 * again when something that the recording takes has been disposed of, or when there are new variables, which may
 * replace it. The first recording of each structure runs it twice without effect and compares: what differs (numbers
 * drawn on the host, a counter, the time, a tensor that it keeps for its next run) would stay for ever what it was. With
 * `compare: 'later'` its first calls are compared instead, so that its JavaScript runs once a call, and `refusal` tells.
 * Either way it is compared again at its 10th and 100th call, after every 1,000 and where a `period` begins.
 * The recordings used last are kept.
 *
 * @throws CantripError CAPTURE_UNSUPPORTED where the current device is not TensorFlow; OPTION_INVALID; at a call
 *   OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH on what can't be fed, DEVICE_CLOSED where the device was closed, and at
 *   the first call with a signature what the recording throws, such as CAPTURE_VARIES or CAPTURE_STATE
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
  checkCapture(step, options);
  const backend = nativeBackend();
  const recordings = createRecordings(backend, step as unknown as StepFunction, options);
  /** Those whose function has done its work at least once. */
  const proven = new WeakSet<Recording>();
  let running = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** A step stays on its device, whichever is current when it is called or when its call is done. */
  const onDevice = <T>(fn: () => T): T => onBackend('tensorflow', backend, fn);

  function begin(inputs: Tree<Feed>, { structure = '', period }: RunOptions = {}): Begun {
    if (openBackend('tensorflow') !== backend) throw closedDevice();
    checkFeeds(inputs);
    const recording = record(inputs, { structure, period });
    try {
      const guarded = !proven.has(recording);
      return { recording, call: prepareCall(backend, recording, leavesOf(inputs, isFeed), guarded) };
    } catch (error) {
      recordings.called(recording);
      throw error;
    }
  }

  function record(inputs: Tree<Feed>, call: CallOf): Recording {
    try {
      return recordings.of(inputs, call);
    } catch (error) {
      throw markedAsStopped(error);
    }
  }

  /** Some of what TensorFlow refuses, it refuses at a function's first call. Nothing is changed then. */
  function failed({ recording, call }: Begun, cause: unknown): unknown {
    const error = placed(cause, recording);
    if (proven.has(recording)) return markedInCall(error);
    call.undo();
    return refusedByTensorFlow(error) ? markedAsStopped(error) : error;
  }

  function end({ recording, call }: Begun): void {
    call.free();
    recordings.called(recording);
  }

  async function run(inputs: Feeds<Inputs>, options?: RunOptions): Promise<Outputs> {
    checkRunOptions(options);
    const before = last;
    let done!: () => void;
    last = new Promise<void>((resolve) => (done = resolve));
    running++;
    await before;
    try {
      const begun = onDevice(() => begin(inputs as Tree<Feed>, options));
      try {
        const results = await begun.recording.fn.callAsync(begun.call.handles);
        proven.add(begun.recording);
        return onDevice(() => begun.call.finish(results)) as Outputs;
      } catch (error) {
        throw onDevice(() => failed(begun, error));
      } finally {
        end(begun);
      }
    } finally {
      running--;
      done();
    }
  }

  function runSync(inputs: Feeds<Inputs>, options?: RunOptions): Outputs {
    checkRunOptions(options);
    if (running > 0) throw stepBusy();
    return onDevice(() => {
      const begun = begin(inputs as Tree<Feed>, options);
      try {
        const results = begun.recording.fn.call(begun.call.handles);
        proven.add(begun.recording);
        return begun.call.finish(results) as Outputs;
      } catch (error) {
        throw failed(begun, error);
      } finally {
        end(begun);
      }
    });
  }

  /** A function that is being called goes when it is done. */
  function forget(): void {
    if (running === 0) recordings.forget();
    else void last.then(() => recordings.forget());
  }

  return {
    run,
    runSync,
    forget,
    dispose: forget,
    get recordings() {
      return recordings.size;
    },
    get made() {
      return recordings.made;
    },
    get operations() {
      return recordings.operations;
    },
    get refusal() {
      return recordings.refusal;
    },
  };
}

interface Begun {
  readonly recording: Recording;
  readonly call: Call;
}

/** Says whose code the op was that a call failed in. */
function placed(error: unknown, recording: Recording): unknown {
  const place = recording.placeOf(failedNode(error) ?? '');
  if (!place || !isCantripError(error) || error.code !== 'NATIVE_OP') return error;
  const { code, what, fix } = error;
  return new CantripError(code, { who: place.who, what: `in ${place.within}, ${what}`, fix, cause: error });
}

const refusals: readonly string[] = ['NATIVE_OP', 'RANDOM_UNSEEDED'];

/** Not what is wrong with the values, e.g. an index that is out of range: that is wrong op by op too. */
const refusedByTensorFlow = (error: unknown): boolean =>
  isCantripError(error) && refusals.includes(error.code);

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
