import type * as tf from '@tensorflow/tfjs-core';
import { CantripError, isCantripError } from '@cantrip/errors';
import { onBackend, openBackend } from '../device/current-backend.ts';
import { type Call, prepareCall } from './call-recording.ts';
import { checkPrecision } from './precision/check-precision.ts';
import type { ProductShare } from './precision/mixed-precision.ts';
import { checkCapture, checkFeeds, checkRunOptions } from './trees/check-call.ts';
import { capturingBackend } from './device/capturing-backend.ts';
import { type Feed, isFeed } from './feeds.ts';
import { failedNode } from '../native/api/op-error.ts';
import { markedAsStopped, markedInCall } from './failed-calls.ts';
import type { StepFunction } from './record-step.ts';
import type { Recording } from './recording.ts';
import type { StepThreads } from '../native/settings/step-threads.ts';
import { closedDevice, stepBusy } from './refusals.ts';
import { createRecordings } from './recordings.ts';
import type { CallOf, RecordingsOptions } from './recordings-options.ts';
import type { RunOptions } from './run-options.ts';
import { leavesOf, type Tree } from './trees/trees.ts';

export type CaptureOptions = RecordingsOptions;

/**
 * The inputs of a call: the same tree as the inputs of the step, with a tensor, host numbers or one number for each
 * tensor.
 */
export type Feeds<Inputs> = Inputs extends tf.Tensor
  ? Feed
  : { readonly [Key in keyof Inputs]: Feeds<Inputs[Key]> };

/** A step that is recorded once for each signature and replayed as one call. */
export interface CapturedStep<Inputs, Outputs> {
  /** Runs the step off the event loop. Calls wait for each other. Dispose the returned tensors yourself. */
  run(inputs: Feeds<Inputs>, options?: RunOptions): Promise<Outputs>;
  /**
   * Runs the step synchronously. This is faster for a step that takes less than one or two milliseconds.
   *
   * @throws CantripError STEP_BUSY during a call of `run`
   */
  runSync(inputs: Feeds<Inputs>, options?: RunOptions): Outputs;
  /** The number of recordings: one for each structure and signature. */
  readonly recordings: number;
  /** The number of recordings made since the step was captured. */
  readonly made: number;
  /** The number of operations in the latest recording. */
  readonly operations: number;
  /**
   * Whether each op of the latest recording uses one thread, which is faster for small products, or all, and why;
   * undefined before the first recording. The environment variable `CANTRIP_STEP_THREADS=all` turns the choice off.
   */
  readonly threads: StepThreads | undefined;
  /** How many products of the latest recording are in bfloat16; undefined in a step of float32. */
  readonly bfloat16: ProductShare | undefined;
  /**
   * With `compare: 'later'`: why the step cannot be replayed. The result of its last call is correct, and so are
   * those before, unless this error says that some may be wrong. To continue, run the step op by op.
   */
  readonly refusal: CantripError | undefined;
  /** Deletes all recordings. Call this if something that the step reads was replaced. */
  forget(): void;
  dispose(): void;
}

/**
 * Captures a step: a pure function from tensors to tensors, which may read and assign variables.
 *
 * The first call with a new signature (shapes, dtypes, structure) records every op of the function as a TensorFlow
 * function. Later calls replay it. Each call reads the current values of variables and of outside tensors. Its
 * assignments are visible when the call is done. During a call, other code sees the old or the new value of a
 * variable. If other code assigns the variable during the call, that value stays.
 *
 * The JavaScript inside the function runs only during recording. The step is recorded again if a tensor that the
 * recording uses was disposed, or if new variables exist, which may replace one that it uses.
 *
 * Before the first recording of each structure is used, the step runs twice without effect, and the two runs are
 * compared. A difference means that the step depends on something that a recording would freeze: numbers drawn on
 * the host, a counter, the time, or a tensor kept for the next run. With `compare: 'later'`, the first real calls
 * are compared instead. Then the JavaScript runs once per call, and `refusal` holds the error. In both cases the
 * step is compared again at its 10th and 100th call, after every 1,000 calls, and when a `period` begins.
 *
 * With `precision: 'bfloat16'`, matrix products and convolutions are computed in bfloat16, and so is what only moves or
 * clips their results. Variables, updates, sums, losses and all tensors that the caller sees are float32.
 *
 * The most recently used recordings are kept.
 *
 * @throws CantripError CAPTURE_UNSUPPORTED if the current device is not TensorFlow; PRECISION_UNSUPPORTED if bfloat16 would
 *   be slower on it; OPTION_INVALID. A call throws
 *   OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH for wrong inputs, and DEVICE_CLOSED if the device was closed.
 *   The first call with a signature also throws the errors of recording, such as CAPTURE_VARIES or CAPTURE_STATE
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
  const backend = capturingBackend();
  checkPrecision(backend, options);
  const recordings = createRecordings(backend, step as unknown as StepFunction, options);
  /** The recordings whose function has completed at least one call. */
  const proven = new WeakSet<Recording>();
  let running = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs `fn` on the step's device, even if another device is current. */
  const onDevice = <T>(fn: () => T): T => onBackend('tensorflow', backend, fn);

  function begin(inputs: Tree<Feed>, { structure = '', period, keepBefore }: RunOptions = {}): Begun {
    if (openBackend('tensorflow') !== backend) throw closedDevice();
    checkFeeds(inputs);
    const recording = record(inputs, { structure, period });
    try {
      const guarded = !proven.has(recording);
      return {
        recording,
        call: prepareCall(backend, recording, leavesOf(inputs, isFeed), { guarded, keepBefore }),
      };
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

  /** TensorFlow refuses some ops only at a function's first call. Nothing is changed then. */
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

  /** Deletes all recordings. A function that is running is deleted when its call is done. */
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
    get threads() {
      return recordings.latest?.fn.threads;
    },
    get bfloat16() {
      return recordings.latest?.bfloat16;
    },
    get operations() {
      return recordings.latest?.fn.operations ?? 0;
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

/** Adds to the error whose code the failed op came from. */
function placed(error: unknown, recording: Recording): unknown {
  const place = recording.placeOf(failedNode(error) ?? '');
  if (!place || !isCantripError(error) || error.code !== 'NATIVE_OP') return error;
  const { code, what, fix } = error;
  return new CantripError(code, { who: place.who, what: `in ${place.within}, ${what}`, fix, cause: error });
}

const refusals: readonly string[] = ['NATIVE_OP', 'RANDOM_UNSEEDED'];

/**
 * Whether TensorFlow refused the recording itself. An error about values, e.g. an index out of range, would also
 * occur op by op.
 */
const refusedByTensorFlow = (error: unknown): boolean =>
  isCantripError(error) && refusals.includes(error.code);
