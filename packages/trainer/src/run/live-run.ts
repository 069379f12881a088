import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { StepCode } from '@cantrip/core-tensor-gpu';
import type { Device } from '@cantrip/ops';
import type { NamedVariables, Optimizer, RunningOptimizer } from '@cantrip/optimizers';
import type { DataPromise } from '../batch/data-promise.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { HostContext, State } from '../contract/contexts.ts';
import type { Tuning } from '../contract/tuning.ts';
import type { Run } from '../contract/run.ts';
import type { OwnParts } from '../contract/step-context.ts';
import type { Lock } from '../lock/lock.ts';
import type { BuiltModel } from '../model/built-model.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';
import type { ChangeLog } from '../step/change-log.ts';
import type { BatchCheck } from '../step/check-batch.ts';
import type { EvaluationRunner } from '../step/evaluation-runner.ts';
import type { HalfDone } from '../step/half-done.ts';
import type { Position } from '../step/position.ts';
import type { PredictionRunner } from '../step/prediction-runner.ts';
import type { Totals } from '../step/totals.ts';
import type { TrainRunner } from '../step/train-runner.ts';

/** The time between a change of the run and the end of the last hook that is told of it. */
export interface Telling {
  /** Plugins that keep state and have not seen it yet: a snapshot would hold what they were before. */
  readonly unseen: Set<AnyPlugin>;
  /** When all have been told. */
  readonly over: Promise<void>;
}

/** How long a run is to be. */
export type RunLength = Pick<HostContext, 'epochs' | 'stepsPerEpoch' | 'totalSteps'>;

/** A run whose device is open and whose model is built. */
export interface LiveRun {
  readonly lock: Lock;
  readonly device: Device;
  readonly model: BuiltModel;
  /** The optimizer as a value: its learning rate and phases. */
  readonly recipe: Optimizer;
  /** As the plugins want it. */
  optimizer: RunningOptimizer;
  readonly options: CheckedOptions;
  readonly run: Run;
  readonly position: Position;
  /** Sums of the epoch under way. */
  readonly totals: Totals;
  readonly batches: BatchCheck;
  readonly training: TrainRunner;
  readonly evaluation: EvaluationRunner;
  readonly prediction: PredictionRunner;
  readonly states: ReadonlyMap<AnyPlugin, State>;
  /** During an evaluation with other weights: the run's own value of each variable that has another one. */
  readonly lent: Map<Variable, Tensor>;
  readonly tensorStates: ReadonlyMap<AnyPlugin, NamedVariables>;
  /** What a plugin has of its own in this run. */
  own(plugin: AnyPlugin): OwnParts;
  /** What the optimizers that plugins made run in the step. */
  readonly optimizerCodes: readonly StepCode[];
  /** Of the step under way. */
  readonly changes: ChangeLog;
  /** Takes the place of training. */
  readonly rehearse: Tuning['rehearse'];
  /** What the data of the epoch under way promised; of the last one between epochs. */
  data: DataPromise | undefined;
  /** Why the run was asked to stop. */
  stopReason: string | undefined;
  /** Whether a `fit` has begun since the run was opened. */
  fitted: boolean;
  /** Present from a step that failed half way until a snapshot is restored. */
  halfDone: HalfDone | undefined;
  /** Present while plugins are told what has happened. */
  telling: Telling | undefined;
  hostContext(plugin: AnyPlugin, length: RunLength): HostContext;
  dispose(): void;
  /** Disposes also of the model, where the trainer had it made, and throws nothing. */
  discard(): void;
}
