import * as tf from '@tensorflow/tfjs-core';
import type { CapturedStep, Feeds } from '@cantrip/core-tensor-gpu';
import { CantripError } from '@cantrip/errors';
import { freeTape, refuseHostRandom } from '@cantrip/ops';
import type { RecordingCost } from '../contract/contexts.ts';
import type { Recorder } from '../device/open-device.ts';
import { currentPlace, hostRandomRefused } from '../hooks/current-hook.ts';
import { uploadTree } from '../batch/upload-tree.ts';
import { whyStopped } from '../hooks/why-stopped.ts';
import type { ChangeLog } from './change-log.ts';
import type { StepParties } from './step-code.ts';

export interface RunnerOptions extends StepParties {
  /** What is run, for messages: `the training step`. */
  readonly what: string;
  /** `auto`: captured where that can be; true: an error where it can't; false: op by op. */
  readonly capture: 'auto' | boolean;
  readonly compile?: 'xla' | undefined;
  /** What can record; undefined on a backend of TensorFlow.js's own. */
  readonly recorder: Recorder | undefined;
  readonly log: (message: string) => void;
  /** Makes the run's device current: code outside of the run may have set another one while it waited. */
  readonly useDevice: () => void;
  /** Where a program that changes the run says what it changes. */
  readonly changes?: ChangeLog;
}

/** How a program runs this time. */
export interface RunWay {
  /** Programs of another structure (a phase, other trainable variables) are other programs. */
  readonly structure?: string;
  /** Where another one begins, a recording is compared with what the program does now. */
  readonly period?: number;
  /** Whether `changes` can take the run back also after it has succeeded, captured too: a copy of what it changes. */
  readonly undoable?: boolean;
}

/** Runs one pure tensor program again and again, captured or op by op: the same program either way. */
export interface Runner<Inputs, Outputs> {
  /** @returns tensors that are the caller's to dispose of */
  run(feeds: Feeds<Inputs>, way?: RunWay): Promise<Outputs>;
  /** Whether it runs captured: then what was fed is copied, and nothing of it is read after the run. */
  readonly captures: boolean;
  /** What recording has cost so far; nothing where it runs op by op. */
  readonly recorded: RecordingCost;
  /** Records anew at the next run. */
  forget(): void;
}

const nothingRecorded: RecordingCost = { count: 0, milliseconds: 0 };

/** Below this many milliseconds a thread's start costs more than the event loop gains. */
const shortStep = 2;

/**
 * Makes a runner for a program: a function from tensors to tensors that reads no value.
 *
 * With `auto`, whatever stops a recording is logged once, and the program goes on op by op. Its JavaScript runs once a
 * run until two runs are known to do the same, so that what it counts or keeps is what it would be op by op.
 *
 * @throws CantripError CAPTURE_UNSUPPORTED where capture is true and the device runs op by op; `run` throws then what
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
    // A step that is recorded may run twice: the second time to be compared.
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

  /** What XLA can't compile may be captured all the same. */
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
        // What fails op by op too ends in that error, and says nothing about recording.
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
    forget: () => captured?.forget(),
  };
}

function beginCapture<Inputs, Outputs>(
  program: (inputs: Inputs) => Outputs,
  { capture, compile, log, ownValues, codes, recorder, what }: RunnerOptions,
): CapturedStep<Inputs, Outputs> | undefined {
  if (capture === false) return undefined;
  const reason = recorder ? recorder.whyNoCapture() : `${tf.getBackend()} runs op by op`;
  if (capture === 'auto' && reason !== undefined) {
    if (compile) log(`[trainer] ${what} is not compiled: ${reason}, and only a captured step can be.`);
    return undefined;
  }
  if (!recorder) throw nothingRecords(reason!);
  return recorder.captureStep(
    (inputs: Inputs) => refuseHostRandom(hostRandomRefused, () => program(inputs)),
    {
      compile,
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
    what: `a step can be captured on TensorFlow alone, but ${reason}`,
    fix: "Open the device 'tensorflow' or 'cuda', or leave out capture: true",
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
