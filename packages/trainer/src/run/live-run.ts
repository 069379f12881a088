import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { StepCode } from '@cantrip/core-tensor-gpu';
import type { Device } from '@cantrip/ops';
import type { NamedVariables, Optimizer, RunningOptimizer } from '@cantrip/optimizers';
import type { BatchSource } from '../batch/batch-source.ts';
import type { DataPromise } from '../contract/snapshot.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { HostContext, Logs, State } from '../contract/contexts.ts';
import type { Tuning } from '../contract/tuning.ts';
import type { Run } from '../contract/run.ts';
import type { OwnParts } from '../contract/step-context.ts';
import type { Lock } from '../lock/lock.ts';
import type { BuiltModel } from '../model/built-model.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';
import type { Reporter } from '../report/reporter.ts';
import type { ChangeLog } from '../step/change-log.ts';
import type { BatchCheck } from '../step/check-batch.ts';
import type { EvaluationRunner } from '../step/evaluation-runner.ts';
import type { HalfDone } from '../step/half-done.ts';
import type { Position } from '../contract/position.ts';
import type { PredictionRunner } from '../step/prediction-runner.ts';
import type { Totals } from '../step/totals.ts';
import type { TrainRunner } from '../step/train-runner.ts';
import type { WrappedCalls } from '../wraps/wrapped-calls.ts';

/** The time from a change of the run to the end of the last hook that is called for it. */
export interface Telling {
  /** Plugins with state whose hooks have not been called yet. A snapshot now would hold their old state. */
  readonly unseen: Set<AnyPlugin>;
  /** Resolves when all hooks have been called. */
  readonly over: Promise<void>;
}

/** The planned length of a run. */
export type RunLength = Pick<HostContext, 'epochs' | 'stepsPerEpoch' | 'totalSteps'>;

/** A run with an open device and a built model. */
export interface LiveRun {
  readonly lock: Lock;
  readonly device: Device;
  readonly model: BuiltModel;
  /** The optimizer that the user passed: its learning rate and phases. */
  readonly recipe: Optimizer;
  /** The optimizer as the plugins have changed it. */
  optimizer: RunningOptimizer;
  readonly options: CheckedOptions;
  readonly run: Run;
  readonly position: Position;
  /** Logs how the run goes. */
  readonly reporter: Reporter;
  /** The figures of the current epoch, summed. */
  readonly totals: Totals;
  readonly batches: BatchCheck;
  readonly training: TrainRunner;
  readonly evaluation: EvaluationRunner;
  readonly prediction: PredictionRunner;
  readonly states: ReadonlyMap<AnyPlugin, State>;
  /** During an evaluation with other weights: the run's own values of the replaced variables. */
  readonly lent: Map<Variable, Tensor>;
  readonly tensorStates: ReadonlyMap<AnyPlugin, NamedVariables>;
  /** Returns a plugin's own values in this run. */
  own(plugin: AnyPlugin): OwnParts;
  /** What the optimizers that plugins made run in the step. */
  readonly optimizerCodes: readonly StepCode[];
  /** The wraps of layers. */
  readonly wraps: WrappedCalls;
  /** The changes of the current step. */
  readonly changes: ChangeLog;
  /** Replaces training. */
  readonly rehearse: Tuning['rehearse'];
  /** What the data of the current epoch promised; between epochs, what the last one promised. */
  data: DataPromise | undefined;
  /** The data and the planned length of the last `fit`; undefined before the first one. */
  fitting: { readonly source: BatchSource; readonly length: RunLength } | undefined;
  /** The figures of each completed epoch of the run. */
  history: readonly Logs[];
  /** Whether the last step asks for a validation within the epoch that was not done yet. */
  validationDue: true | undefined;
  /** The source of the current epoch's first batch; unknown after a restore. */
  begunWith: BatchSource | undefined;
  /** The reason passed to `stop`. */
  stopReason: string | undefined;
  /** Whether a `fit` has begun since the run was opened. */
  fitted: boolean;
  /** Present after a step failed half way, until a snapshot is restored. */
  halfDone: HalfDone | undefined;
  /** Present while hooks are called for a change. */
  telling: Telling | undefined;
  /** @param ahead - how many batches after the next one; 0 by default */
  hostContext(plugin: AnyPlugin, length: RunLength, ahead?: number): HostContext;
  dispose(): void;
  /** Disposes the run, and the model if the trainer created it. Throws nothing. */
  discard(): void;
}
