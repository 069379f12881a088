import * as tf from '@tensorflow/tfjs-core';
import { type CapturedStep, captureStep, type Feeds, whyNoCapture } from '@cantrip/core-tensor-gpu';
import { refuseHostRandom } from '@cantrip/core-tensor-gpu/random';
import { type CantripError, isCantripError } from '@cantrip/errors';
import { hostRandomRefused } from '../plugins/current-hook.ts';
import { uploadTree } from './upload-tree.ts';

export interface RunnerOptions {
  /** What is run, for messages: `the training step`. */
  readonly what: string;
  /** `auto`: captured where that can be; true: an error where it can't; false: op by op. */
  readonly capture: 'auto' | boolean;
  readonly compile?: 'xla' | undefined;
  readonly log: (message: string) => void;
}

/** What recording takes: the step's JavaScript runs only then. */
export interface RecordingCost {
  readonly count: number;
  readonly milliseconds: number;
}

/** Runs one pure tensor program again and again, captured or op by op: the same program either way. */
export interface Runner<Inputs, Outputs> {
  /**
   * @param structure - programs of another structure (a phase, other trainable variables) are other programs
   * @returns tensors that are the caller's to dispose of
   */
  run(feeds: Feeds<Inputs>, structure?: string): Promise<Outputs>;
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
 * @throws CantripError CAPTURE_UNSUPPORTED where capture is true and the device runs op by op; `run` throws the
 *   CAPTURE_… codes then, while `auto` logs them once and goes on op by op
 */
export function createRunner<Inputs, Outputs>(
  program: (inputs: Inputs) => Outputs,
  options: RunnerOptions,
): Runner<Inputs, Outputs> {
  let recorded = nothingRecorded;
  let recording = false;
  let captured = beginCapture(timed, options);
  let duration = Infinity;

  function timed(inputs: Inputs): Outputs {
    const started = performance.now();
    const outputs = program(inputs);
    const milliseconds = recorded.milliseconds + performance.now() - started;
    // A step that is recorded may run twice: the second time to be compared.
    recorded = { count: recording ? recorded.count : recorded.count + 1, milliseconds };
    recording = true;
    return outputs;
  }

  async function runCaptured(
    step: CapturedStep<Inputs, Outputs>,
    feeds: Feeds<Inputs>,
    structure: string,
  ): Promise<Outputs> {
    recording = false;
    const started = performance.now();
    const short = duration < shortStep;
    const outputs = short ? step.runSync(feeds, { structure }) : await step.run(feeds, { structure });
    duration = performance.now() - started;
    return outputs;
  }

  return {
    async run(feeds, structure = '') {
      if (!captured) return runEagerly(program, feeds);
      try {
        return await runCaptured(captured, feeds, structure);
      } catch (error) {
        if (options.capture === true || !isCaptureError(error)) throw error;
        const how = options.compile ? 'op by op and not compiled' : 'op by op';
        options.log(`[trainer] ${options.what} runs ${how}: ${error.message}`);
        captured.dispose();
        captured = undefined;
        recorded = nothingRecorded;
        return runEagerly(program, feeds);
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
  { capture, compile, log, what }: RunnerOptions,
): CapturedStep<Inputs, Outputs> | undefined {
  if (capture === false) return undefined;
  const reason = whyNoCapture();
  if (capture === 'auto' && reason !== undefined) {
    if (compile) log(`[trainer] ${what} is not compiled: ${reason}, and only a captured step can be.`);
    return undefined;
  }
  return captureStep((inputs: Inputs) => refuseHostRandom(hostRandomRefused, () => program(inputs)), {
    compile,
  });
}

function isCaptureError(error: unknown): error is CantripError {
  return isCantripError(error) && error.code.startsWith('CAPTURE_');
}

function runEagerly<Inputs, Outputs>(program: (inputs: Inputs) => Outputs, feeds: Feeds<Inputs>): Outputs {
  const uploaded: tf.Tensor[] = [];
  try {
    const inputs = uploadTree(feeds, uploaded) as Inputs;
    return tf.tidy(() => program(inputs) as tf.TensorContainer) as Outputs;
  } finally {
    tf.dispose(uploaded);
  }
}
