import type { Scalar } from '@tensorflow/tfjs-core';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Batch, Tensors } from './batch.ts';
import type { SettledContext, TrainBegin } from './run-store.ts';
import type { StepContext } from './step-context.ts';
import type {
  EvaluateContext,
  EvaluatedBatch,
  EpochEnd,
  EvaluationEnd,
  GradientContext,
  HostContext,
  LossContext,
  SaveContext,
  State,
  StepEnd,
  Validated,
} from './contexts.ts';

type Awaitable<T> = T | Promise<T>;

/**
 * Transforms receive a value and return it, changed or not. They are synchronous and must not read a tensor's value.
 */
export interface Transforms<Locals = unknown> {
  transformBatch(batch: Batch, context: StepContext<Locals>): Batch;
  transformOutputs(outputs: Tensors, context: StepContext<Locals>): Tensors;
  /** `outputs` of the context shows the shape, e.g. the number of classes. */
  transformTargets(targets: Tensors, context: StepContext<Locals> & { readonly outputs: Tensors }): Tensors;
  transformLoss(loss: Scalar, context: LossContext<Locals>): Scalar;
  /** A variable whose gradient is left out is not updated in this step. */
  transformGradients(gradients: NamedTensors, context: GradientContext<Locals>): NamedTensors;
}

/** Hooks that decide on the host, before each step, what the step consists of. Each answer has recordings of its own. */
export interface Structures<S extends State, Locals = unknown> {
  /** Returns the variables to train: all of the given ones, or some. */
  transformVariables(variables: NamedVariables, context: HostContext<S, Locals>): NamedVariables;
  /**
   * Names what the plugin's step hooks do now, where they read a value that is no tensor, e.g. a size of images: equal
   * text means the same program. Going back to an earlier text uses its recording again.
   */
  structure(context: HostContext<S, Locals>): string;
}

/** How a later pass of a step differs from the first one. */
export interface PassOptions {
  /**
   * The random numbers of the pass. `other` (the default): other ones than in earlier passes. `same`: those of the
   * first pass, so dropout drops the same units.
   */
  readonly random?: 'other' | 'same';
  /**
   * What happens to values that a forward pass changes, e.g. the statistics of batch normalisation. `keep` (the
   * default): they are restored after the pass. `move`: they stay changed.
   */
  readonly statistics?: 'keep' | 'move';
}

/**
 * Runs a forward and a backward pass at the current values of the variables, and returns the gradients by name. The
 * loss and the metrics of a step are those of its first pass.
 */
export type NextGradients = (options?: PassOptions) => NamedTensors;

/** Wraps run around a part of the step. Like transforms, they are synchronous and must not read a tensor's value. */
export interface Wraps<Locals = unknown> {
  /**
   * Runs around the forward and backward pass. It calls `next` once or several times, and returns the gradients for
   * the update. Between the calls it may assign other values to the variables, which it must restore itself. The
   * first plugin in the list is the outermost.
   */
  wrapGradients(next: NextGradients, context: GradientContext<Locals>): NamedTensors;
}

/** Schedules run on the host before each step. They return numbers, which enter the step as scalars. */
export interface Schedules<S extends State, Locals = unknown> {
  scheduleLearningRate(learningRate: number, context: HostContext<S, Locals>): number;
  scheduleScalars(
    scalars: Readonly<Record<string, number>>,
    context: HostContext<S, Locals>,
  ): Readonly<Record<string, number>>;
  /**
   * Called after `scheduleScalars`, once for each batch of the step. With gradient accumulation a step has several
   * batches. `batch` and `random` of the context are those of this batch; everything else is that of the step.
   */
  scheduleBatchScalars(
    scalars: Readonly<Record<string, number>>,
    context: HostContext<S, Locals>,
  ): Readonly<Record<string, number>>;
}

/** Observers watch the run and return nothing. They may be asynchronous and may read values. */
export interface Observers<S extends State, Locals = unknown> {
  onTrainBegin(context: HostContext<S, Locals> & TrainBegin): Awaitable<void>;
  onEpochBegin(context: HostContext<S, Locals>): Awaitable<void>;
  /** Called before the schedules. The step is not counted yet. */
  onStepBegin(context: HostContext<S, Locals>): Awaitable<void>;
  onStepEnd(context: HostContext<S, Locals> & StepEnd): Awaitable<void>;
  /**
   * Called after a validation within an epoch, which the option `validateEvery` of `fit` asks for. The figures of a validation at
   * the end of an epoch come with `onEpochEnd`.
   */
  onValidated(context: HostContext<S, Locals> & Validated): Awaitable<void>;
  onEpochEnd(context: HostContext<S, Locals> & EpochEnd): Awaitable<void>;
  onTrainEnd(context: HostContext<S, Locals>): Awaitable<void>;
  /**
   * Called when every plugin has been told of a step, of an epoch or of the end of `fit`. Only here is the run complete
   * wherever the plugin is in the list, so this is the place to save it.
   */
  onSettled(context: SettledContext<S, Locals>): Awaitable<void>;
  /**
   * Called before a snapshot is taken. What a plugin keeps elsewhere, such as a file, should be as far as the run before the
   * snapshot exists: a run that goes on from it will not repeat the steps before.
   */
  onSave(context: SaveContext<S, Locals>): Awaitable<void>;
  onError(context: HostContext<S, Locals> & { readonly error: unknown }): Awaitable<void>;
  /** Called before the first batch of validation, `evaluate` or `predict`. */
  onEvaluateBegin(context: EvaluateContext<S, Locals>): Awaitable<void>;
  /** Called after each batch of validation and `evaluate`, and of `predict` if it is given a dataset. */
  onEvaluateBatch(context: EvaluatedBatch<S, Locals>): Awaitable<void>;
  /** Called after the last batch, also if a batch failed. The weights are the run's own again. */
  onEvaluateEnd(context: EvaluationEnd<S, Locals>): Awaitable<void>;
}

export type Hooks<S extends State, Locals = unknown> = Partial<
  Transforms<Locals> & Structures<S, Locals> & Wraps<Locals> & Schedules<S, Locals> & Observers<S, Locals>
>;
