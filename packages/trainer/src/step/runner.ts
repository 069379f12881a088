import * as tf from '@tensorflow/tfjs-core';
import type { CapturedStep, Feeds } from '@cantrip/core-tensor-gpu';
import { CantripError } from '@cantrip/errors';
import { freeTape, refuseHostRandom } from '@cantrip/ops';
import type { RecordingCost } from '../contract/contexts.ts';
import type { Recorder } from '../device/open-device.ts';
import type { Precision } from '../device/precision.ts';
import { currentPlace, hostRandomRefused } from '../hooks/current-hook.ts';
import { uploadTree } from '../batch/upload-tree.ts';
import { whyStopped } from '../hooks/why-stopped.ts';
import type { ChangeLog } from './change-log.ts';
import type { StepParties } from './step-code.ts';

export interface RunnerOptions extends StepParties {
  /** The name in messages: `the training step`. */
  readonly what: string;
  /** `auto`: captured if possible. `true`: an error if it is impossible. `false`: op by op. */
  readonly capture: 'auto' | boolean;
  readonly compile?: 'xla' | undefined;
  /** What matrix products and convolutions are computed in. */
  readonly precision?: Precision;
  /** The recorder; undefined on a backend of TensorFlow.js itself. */
  readonly recorder: Recorder | undefined;
  readonly log: (message: string) => void;
  /** Makes the run's device current. Other code may have changed the current device meanwhile. */
  readonly useDevice: () => void;
  /** Receives the changes that the program makes to the run. */
  readonly changes?: ChangeLog;
}

/** How to run a program this time. */
export interface RunWay {
  /** Names the structure (phase, trainable variables). Each structure has its own recording. */
  readonly structure?: string;
  /** When it changes, the recording is compared with what the program does now. */
  readonly period?: number;
  /**
   * Whether `changes` can undo the run even after it has succeeded, also a captured run. It copies what the run
   * changes.
   */
  readonly undoable?: boolean;
}

/** How many threads an op uses, how many products are in bfloat16, and why. */
export type ChosenWay = Pick<CapturedStep<never, unknown>, 'threads' | 'bfloat16'>;

/** Runs one pure tensor program many times, captured or op by op. The program is the same either way. */
export interface Runner<Inputs, Outputs> {
  /** @returns tensors, which the caller must dispose */
  run(feeds: Feeds<Inputs>, way?: RunWay): Promise<Outputs>;
  /** Whether it runs captured. Then inputs are copied, and not read after the run. */
  readonly captures: boolean;
  /** The cost of recording so far; 0 if it runs op by op. */
  readonly recorded: RecordingCost;
  /** What was chosen for the recorded program; undefined if none is recorded. */
  readonly chosen: ChosenWay | undefined;
  /** Records again at the next run. */
  forget(): void;
}

/** Why bfloat16 was asked for and is not used. */
export const tooSmall = 'each of its products is too small to be faster in bfloat16';

const nothingRecorded: RecordingCost = { count: 0, milliseconds: 0 };

/** For steps below this many milliseconds, starting a thread costs more than it saves. */
const shortStep = 2;

/**
 * Creates a runner for a program: a function from tensors to tensors that reads no value.
 *
 * With `auto`, a failed recording is logged once, and the program continues op by op. Its JavaScript runs once in
 * each run until two runs are known to do the same. So its counters and stored values are the same as op by op.
 *
 * @throws CantripError CAPTURE_UNSUPPORTED if `capture` is true and the device runs op by op; then `run` throws what
 *   stops a recording
 */
export function createRunner<Inputs, Outputs>(
  program: (inputs: Inputs) => Outputs,
  options: RunnerOptions,
): Runner<Inputs, Outputs> {
  let recorded = nothingRecorded;
  let spent = 0;
  let captured = beginCapture(timed, options);
  let compiles = options.compile !== undefined;
  let duration = Infinity;

  function timed(inputs: Inputs): Outputs {
    const started = performance.now();
    const outputs = program(inputs);
    // A recorded step may run twice; the second run is compared with the first.
    spent += performance.now() - started;
    return outputs;
  }

  async function runCaptured(
    step: CapturedStep<Inputs, Outputs>,
    feeds: Feeds<Inputs>,
    { undoable, ...way }: RunWay,
  ): Promise<Outputs> {
    spent = 0;
    const { made } = step;
    const how = { ...way, ...(undoable && options.changes && { keepBefore: options.changes.note }) };
    const started = performance.now();
    const short = duration < shortStep;
    const outputs = short ? step.runSync(feeds, how) : await step.run(feeds, how);
    if (!undoable) options.changes?.missed();
    duration = performance.now() - started;
    const count = step.made - made;
    if (recorded.count === 0 && step.bfloat16?.inBfloat16 === 0) {
      options.log(`[trainer] ${options.what} is all in float32: ${tooSmall}`);
    }
    if (count > 0) {
      recorded = { count: recorded.count + count, milliseconds: recorded.milliseconds + spent };
    }
    return outputs;
  }

  function goOnOpByOp(why: Error): void {
    const how = compiles ? 'op by op and not compiled' : 'op by op';
    options.log(`[trainer] ${options.what} runs ${how}: ${whyStopped(why)}`);
    captured?.dispose();
    captured = undefined;
    recorded = nothingRecorded;
  }

  /** A program that XLA cannot compile may still be captured. */
  async function tryUncompiled(
    why: Error,
    feeds: Feeds<Inputs>,
    way: RunWay,
  ): Promise<{ readonly outputs: Outputs } | { readonly stopped: Error }> {
    const step = beginCapture(timed, { ...options, compile: undefined })!;
    try {
      const outputs = await runCaptured(step, feeds, way);
      options.log(`[trainer] ${options.what} is captured but not compiled: ${whyStopped(why)}`);
      captured?.dispose();
      captured = step;
      compiles = false;
      return { outputs };
    } catch (error) {
      step.dispose();
      if (!options.recorder?.stoppedRecording(error)) throw error;
      return { stopped: error };
    }
  }

  return {
    async run(feeds, way = {}) {
      options.useDevice();
      if (!captured) return runEagerly(program, feeds, options.changes);
      try {
        const outputs = await runCaptured(captured, feeds, way);
        if (captured.refusal) goOnOpByOp(captured.refusal);
        return outputs;
      } catch (error) {
        if (!way.undoable && options.recorder?.failedInCall(error)) options.changes?.missed();
        if (options.capture === true || !options.recorder?.stoppedRecording(error)) throw error;
        options.useDevice();
        const uncompiled = compiles ? await tryUncompiled(error, feeds, way) : { stopped: error };
        if ('outputs' in uncompiled) return uncompiled.outputs;
        options.useDevice();
        // If it also fails op by op, that error is thrown, and nothing is logged about recording.
        const outputs = runEagerly(program, feeds, options.changes);
        goOnOpByOp(uncompiled.stopped);
        return outputs;
      }
    },
    get captures() {
      return captured !== undefined;
    },
    get recorded() {
      return recorded;
    },
    get chosen() {
      return captured;
    },
    forget: () => captured?.forget(),
  };
}

function beginCapture<Inputs, Outputs>(
  program: (inputs: Inputs) => Outputs,
  { capture, compile, precision, log, ownValues, codes, recorder, what }: RunnerOptions,
): CapturedStep<Inputs, Outputs> | undefined {
  if (capture === false) return undefined;
  const reason = recorder ? recorder.whyNoCapture() : `${tf.getBackend()} runs op by op`;
  if (capture === 'auto' && reason !== undefined) {
    if (compile)
      log(`[trainer] ${what} is not compiled: ${reason}, and only a captured step can be compiled.`);
    return undefined;
  }
  if (!recorder) throw nothingRecords(reason!);
  return recorder.captureStep(
    (inputs: Inputs) => refuseHostRandom(hostRandomRefused, () => program(inputs)),
    {
      compile,
      ...(precision === 'bfloat16' && { precision }),
      where: currentPlace,
      ownValues,
      codes,
      compare: capture === 'auto' ? 'later' : 'first',
    },
  );
}

function nothingRecords(reason: string): CantripError {
  return new CantripError('CAPTURE_UNSUPPORTED', {
    who: 'trainer',
    what: `capture: true needs a device of TensorFlow, but ${reason}`,
    fix: "Use the device 'tensorflow' or 'cuda', or remove capture: true",
  });
}

function runEagerly<Inputs, Outputs>(
  program: (inputs: Inputs) => Outputs,
  feeds: Feeds<Inputs>,
  changes: ChangeLog | undefined,
): Outputs {
  const uploaded: tf.Tensor[] = [];
  try {
    const inputs = uploadTree(feeds, uploaded) as Inputs;
    const run = (): Outputs => tf.tidy(() => program(inputs) as tf.TensorContainer) as Outputs;
    return changes ? changes.during(run) : run();
  } catch (error) {
    freeTape();
    throw error;
  } finally {
    tf.dispose(uploaded);
  }
}
