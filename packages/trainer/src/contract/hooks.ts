import type { Scalar } from '@tensorflow/tfjs-core';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Batch, Tensors } from './batch.ts';
import type { StepContext } from './step-context.ts';
import type {
  EvaluateContext,
  EvaluationEnd,
  GradientContext,
  HostContext,
  Logs,
  LossContext,
  State,
  StepEnd,
} from './contexts.ts';

type Awaitable<T> = T | Promise<T>;

/** Transforms take a value and return it, changed or not. Synchronous; none may read a tensor's value. */
export interface Transforms<Locals = unknown> {
  transformBatch(batch: Batch, context: StepContext<Locals>): Batch;
  transformOutputs(outputs: Tensors, context: StepContext<Locals>): Tensors;
  /** The outputs tell the shape, e.g. the number of classes. */
  transformTargets(targets: Tensors, context: StepContext<Locals> & { readonly outputs: Tensors }): Tensors;
  transformLoss(loss: Scalar, context: LossContext<Locals>): Scalar;
  transformGradients(gradients: NamedTensors, context: GradientContext<Locals>): NamedTensors;
}

/** Hooks that decide on the host, before each step, what the step consists of. Each answer has recordings of its own. */
export interface Structures<S extends State, Locals = unknown> {
  /** Which of the trainable variables are trained. */
  transformVariables(variables: NamedVariables, context: HostContext<S, Locals>): NamedVariables;
  /**
   * Names what the plugin's step hooks do now, where they read a value that is no tensor, e.g. a size of images: equal
   * text means the same program. Going back to an earlier text uses its recording again.
   */
  structure(context: HostContext<S, Locals>): string;
}

/** How a pass after the first of a step differs from it. */
export interface PassOptions {
  /**
   * Random numbers of the pass: `other` ones than those of the passes before (the default), or the `same` as in the
   * first, so that dropout drops the same units.
   */
  readonly random?: 'other' | 'same';
  /**
   * Whether the pass moves what a forward pass moves, e.g. the statistics of batch normalisation: `keep` (the default)
   * puts them back where they were before it, `move` leaves them moved.
   */
  readonly statistics?: 'keep' | 'move';
}

/**
 * Runs forward and backward at the present values of the variables, and returns the gradients by name. The loss and
 * the metrics of a step are those of its first pass.
 */
export type NextGradients = (options?: PassOptions) => NamedTensors;

/** Wraps run around a part of the step. As transforms, they are synchronous and read no tensor's value. */
export interface Wraps<Locals = unknown> {
  /**
   * Around forward and backward pass: calls `next` once or several times, and returns the gradients to update with. It
   * may assign other values to the variables in between, and puts their own back. The first plugin of the list is the
   * outermost.
   */
  wrapGradients(next: NextGradients, context: GradientContext<Locals>): NamedTensors;
}

/** Schedules run on the host before each step and return numbers, which enter the step as scalars. */
export interface Schedules<S extends State, Locals = unknown> {
  scheduleLearningRate(learningRate: number, context: HostContext<S, Locals>): number;
  scheduleScalars(
    scalars: Readonly<Record<string, number>>,
    context: HostContext<S, Locals>,
  ): Readonly<Record<string, number>>;
}

/** Observers see and return nothing; they may wait and may read values. */
export interface Observers<S extends State, Locals = unknown> {
  onTrainBegin(context: HostContext<S, Locals>): Awaitable<void>;
  onEpochBegin(context: HostContext<S, Locals>): Awaitable<void>;
  /** Before the schedules. The step is not counted yet. */
  onStepBegin(context: HostContext<S, Locals>): Awaitable<void>;
  onStepEnd(context: HostContext<S, Locals> & StepEnd): Awaitable<void>;
  onEpochEnd(context: HostContext<S, Locals> & { readonly logs: Logs }): Awaitable<void>;
  onTrainEnd(context: HostContext<S, Locals>): Awaitable<void>;
  onError(context: HostContext<S, Locals> & { readonly error: unknown }): Awaitable<void>;
  /** Before the first batch of validation, `evaluate` or `predict`. */
  onEvaluateBegin(context: EvaluateContext<S, Locals>): Awaitable<void>;
  /** After the last batch, also where a batch failed. The weights are the run's own again. */
  onEvaluateEnd(context: EvaluationEnd<S, Locals>): Awaitable<void>;
}

export type Hooks<S extends State, Locals = unknown> = Partial<
  Transforms<Locals> & Structures<S, Locals> & Wraps<Locals> & Schedules<S, Locals> & Observers<S, Locals>
>;
