import type { Scalar } from '@tensorflow/tfjs-core';
import type { DeviceDescription } from '@cantrip/ops';
import type { NamedTensors, NamedVariables, RunningOptimizer } from '@cantrip/optimizers';
import type { Batch, Tensors } from './batch.ts';
import type { Run } from './run.ts';
import type { OwnParts, StepContext } from './step-context.ts';

type Awaitable<T> = T | Promise<T>;

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

/** Transforms take a value and return it, changed or not. Synchronous; none may read a tensor's value. */
export interface Transforms<Locals = unknown> {
  transformBatch(batch: Batch, context: StepContext<Locals>): Batch;
  transformOutputs(outputs: Tensors, context: StepContext<Locals>): Tensors;
  /** The outputs tell the shape, e.g. the number of classes. */
  transformTargets(targets: Tensors, context: StepContext<Locals> & { readonly outputs: Tensors }): Tensors;
  transformLoss(loss: Scalar, context: LossContext<Locals>): Scalar;
  transformGradients(gradients: NamedTensors, context: GradientContext<Locals>): NamedTensors;
  /** Which of the trainable variables are trained. */
  transformVariables(variables: NamedVariables, context: StepContext<Locals>): NamedVariables;
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

/** What `prepare` knows. */
export interface PrepareContext {
  readonly seed: number;
  readonly device: DeviceDescription;
  log(message: string): void;
}

/** What `tune` knows: the trainer's options, and what all plugins want already. */
export interface TuneContext {
  readonly device: string;
  readonly capture: 'auto' | boolean;
  readonly compile: 'xla' | undefined;
  readonly environment: Readonly<Record<string, string>>;
  log(message: string): void;
}

/** What `tune` chooses. */
export interface Tuning {
  readonly environment?: Readonly<Record<string, string>>;
  readonly compile?: 'xla' | undefined;
  /**
   * Takes the place of training in a process that only tries the step: `fit` calls it instead of its loop, and no `on…`
   * hook of any plugin. It never returns, so that nothing of the program behind `fit` runs: it ends the process.
   */
  rehearse?(begin: () => Promise<Rehearsal>): Promise<never>;
}

/** The training step on the first batch of `fit`, to be tried again and again. */
export interface Rehearsal {
  readonly run: Run;
  readonly device: DeviceDescription;
  /** As in {@link StepEnd}. */
  readonly signature: string;
  /** Trains on the batch, schedules and transforms included, and waits for the loss. */
  step(): Promise<void>;
}

export type Hooks<S extends State, Locals = unknown> = Partial<
  Transforms<Locals> & Wraps<Locals> & Schedules<S, Locals> & Observers<S, Locals>
>;

/** What `transformOptimizer` knows. */
export interface OptimizerContext<Locals = unknown> extends OwnParts<Locals> {
  readonly run: Run;
}

/** What `setup` may return. */
export interface SetUp<Locals> {
  /** Values of this run, which every later hook of this plugin finds in its context. */
  readonly locals: Locals;
  /** Undoes what `setup` did; called by `dispose()`. */
  undo?(): void;
}

/**
 * A training trick: a plain object from a factory, without base class or registry.
 *
 * The first word of a hook tells its side: `transform…` and `wrap…` are part of the step (a pure tensor program),
 * `schedule…` and `on…` run on the host around it. List order is run order.
 */
export interface Plugin<S extends State = State, Api = void, Locals = unknown> extends Hooks<S, Locals> {
  /** The package's name without its scope. */
  readonly name: string;
  /** Environment variables that the native library reads once, when it loads. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lets TensorFlow's compiler make one program of the captured step, as the trainer's option of that name does. */
  readonly compile?: 'xla' | undefined;
  /** The seed of the whole run; two plugins that give one conflict. */
  readonly seed?: number;
  /** Whether it mixes the labels of several examples, as mixup and cutmix do. */
  readonly mixesLabels?: boolean;
  /** Which plugins must stand earlier in the list, by name or by what they do: checked, never sorted. */
  readonly after?: readonly (string | { readonly mixesLabels: true })[];
  /** Names of plugins that this one cannot run with, each with the reason. */
  readonly conflicts?: Readonly<Record<string, string>>;
  /** Its state at step 0; the trainer owns and saves it. */
  state?(): S;
  /** Its tensor state, e.g. averaged weights: saved likewise, disposed of by the trainer, `ownVariables` in its hooks. */
  variables?(run: Run): NamedVariables;
  /** Runs before the device is opened, and chooses what it is opened with beyond what is known from the start. */
  tune?(context: TuneContext): Awaitable<Tuning>;
  /** Runs when the device is open and before the model is built; returns how to undo it. */
  prepare?(context: PrepareContext): void | (() => void);
  /** Runs when the model is built; may change it; returns how to undo it, and values of this run. */
  setup?(run: Run, state: S): void | (() => void) | SetUp<Locals>;
  /**
   * Runs once, after `setup` and `variables`: returns the optimizer, or another around it. Its `apply` is part of the
   * step; it is called once a batch, and `phase` says which batch of a step updates.
   */
  transformOptimizer?(optimizer: RunningOptimizer, context: OptimizerContext<Locals>): RunningOptimizer;
  /** What `run.use(plugin)` gives. */
  api?(run: Run, state: S): Api;
}

/** Any plugin, whatever its state and api. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of plugins holds unlike ones; S stands on both sides of its hooks
export type AnyPlugin = Plugin<any, any, any>;
