import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Tensors } from './batch.ts';
import type { Run } from './run.ts';
import type { OwnParts, StepContext } from './step-context.ts';

/** Plain data owned by the trainer: must survive `structuredClone`. */
export type State = Record<string, unknown>;

/** Where the run stands. Host side only: on the step side a number would be a constant of the recording. */
export interface Clock {
  /** Epochs completed. */
  readonly epoch: number;
  /** Steps so far, each an update of the optimizer; in `onStepEnd` this one is counted. */
  readonly step: number;
  /** Batches of this epoch so far: as many as steps, where no gradients are accumulated. */
  readonly batch: number;
  /** Steps in a whole epoch of the data that `fit` was given. */
  readonly stepsPerEpoch: number;
  /** Epochs of this `fit`, counted from epoch 0. */
  readonly epochs: number;
  /**
   * Steps of the run in all, those that are done included: `epochs * stepsPerEpoch`, unless it began with data of another
   * number of batches.
   */
  readonly totalSteps: number;
}

/** What a host hook knows. */
export interface HostContext<S extends State = State, Locals = unknown> extends Clock, OwnParts<Locals> {
  readonly run: Run;
  readonly state: S;
}

/** What `transformLoss` knows. */
export interface LossContext<Locals = unknown> extends StepContext<Locals> {
  readonly outputs: Tensors;
  readonly targets: Tensors;
  /**
   * What examples, or places in them, count as in the losses, where not all count the same: ignored labels, and rows that
   * only fill the batch up, count as 0. By output where these have names.
   */
  readonly weights?: Tensors | undefined;
}

/** What hooks around the gradients know. */
export interface GradientContext<Locals = unknown> extends StepContext<Locals> {
  /** What is trained, by the same names as the gradients. */
  readonly variables: NamedVariables;
}

/** What recording takes: the step's JavaScript runs only then. */
export interface RecordingCost {
  readonly count: number;
  readonly milliseconds: number;
}

export interface StepEnd {
  readonly learningRate: number;
  /** Shapes of this batch, and dtypes other than float32: `inputs[64,28,28,1] targets[64] int32`. */
  readonly signature: string;
  /** Time of the step itself; a GPU may still be at work on it. */
  readonly milliseconds: number;
  /** Present where the step was recorded anew, as it is for a new shape or structure: how long that took of it. */
  readonly recording?: RecordingCost;
  /** Downloads the number, and so waits for the device: call it only when it is needed. */
  loss(): Promise<number>;
  /**
   * Downloads what this loss was divided by: the labels that count, or their weights. The mean over several steps is
   * `sum(loss * weight) / sum(weight)`.
   */
  weight(): Promise<number>;
}

/** An epoch's figures: `loss`, each metric, and with `validation_` before them those of the validation data. */
export type Logs = Readonly<Record<string, number>>;

/** What evaluates: the validation of `fit`, or a call of the user's. */
export type EvaluationPurpose = 'validation' | 'evaluate' | 'predict';

/** What a plugin knows when an evaluation ends. */
export interface EvaluationEnd<S extends State = State, Locals = unknown>
  extends OwnParts<Locals>, Pick<Clock, 'epoch' | 'step'> {
  readonly run: Run;
  readonly state: S;
  readonly purpose: EvaluationPurpose;
}

/** What a plugin knows before an evaluation. */
export interface EvaluateContext<S extends State = State, Locals = unknown> extends EvaluationEnd<S, Locals> {
  /**
   * Evaluates with these values in the place of the variables of the same names. The run's own come back after the last
   * batch. The values are copied on the device, and none is read.
   *
   * @param values - tensors by names of `run.variables`, each of its variable's shape; names left out stay as they are
   * @throws CantripError HOOK_RESULT for an unknown name or another shape
   */
  evaluateWith(values: NamedTensors): void;
}

/** What `transformOptimizer` knows. */
export interface OptimizerContext<Locals = unknown> extends OwnParts<Locals> {
  readonly run: Run;
}
