import type { RandomStream } from '@cantrip/ops';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Table } from './table.ts';
import type { Tensors } from './batch.ts';
import type { Run } from './run.ts';
import type { EvaluatedExamples } from './evaluated-examples.ts';
import type { OwnParts, StepContext } from './step-context.ts';

/** Plain data that the trainer owns. It must survive `structuredClone`. */
export type State = Record<string, unknown>;

/** How far the run has come. Only for host hooks: in the step, a number would become a constant of the recording. */
export interface Clock {
  /** Completed epochs. */
  readonly epoch: number;
  /** Steps so far; each is one update of the optimizer. In `onStepEnd` the current step is counted. */
  readonly step: number;
  /** Batches of this epoch so far. Without gradient accumulation this equals the number of steps. */
  readonly batch: number;
  /** Steps in a whole epoch of the data that `fit` received. */
  readonly stepsPerEpoch: number;
  /** The option `epochs` of this `fit`, counted from epoch 0. */
  readonly epochs: number;
  /**
   * Total steps of the run, including the completed ones. It is `epochs * stepsPerEpoch`, unless earlier epochs had
   * another number of batches.
   */
  readonly totalSteps: number;
  /** The step at which schedules stay, while {@link Run.holdSchedules} holds them. */
  readonly heldAt?: number | undefined;
}

/** What a host hook receives. */
export interface HostContext<S extends State = State, Locals = unknown> extends Clock, OwnParts<Locals> {
  readonly run: Run;
  readonly state: S;
  /**
   * Random numbers of a named stream. Seed, stream and the number of batches so far decide them, so a resumed run draws
   * the same ones. Each call of a hook starts at the beginning of its streams.
   */
  random(stream: string): RandomStream;
}

/** What `transformLoss` receives. */
export interface LossContext<Locals = unknown> extends StepContext<Locals> {
  readonly outputs: Tensors;
  readonly targets: Tensors;
  /**
   * The weights of the examples, or of places in them, in the losses. Ignored labels and padding rows have weight 0.
   * Undefined if all weights are equal; by output if outputs have names.
   */
  readonly weights?: Tensors | undefined;
}

/** What `transformGradients` and `wrapGradients` receive. */
export interface GradientContext<Locals = unknown> extends StepContext<Locals> {
  /** The variables that are trained, with the same names as the gradients. */
  readonly variables: NamedVariables;
}

/** What recording costs. The step's JavaScript runs only while the step is recorded. */
export interface RecordingCost {
  readonly count: number;
  readonly milliseconds: number;
}

/** The numbers of a step at one place in the list of plugins. */
export interface ScheduledNumbers {
  readonly learningRate: number;
  /** By name. */
  readonly scalars: Readonly<Record<string, number>>;
}

export interface StepEnd {
  /** The learning rate of the step, after the last plugin. */
  readonly learningRate: number;
  /** The scalars of the step by name, after the last plugin. If a step has several batches, those of its first batch. */
  readonly scalars: ScheduledNumbers['scalars'];
  /** What `scheduleLearningRate` and `scheduleScalars` of this plugin were given for this step. */
  readonly given: ScheduledNumbers;
  /**
   * What they answered; the same as `given` without these hooks. A plugin that must remember a number writes it to its
   * state here, because a schedule hook changes nothing.
   */
  readonly answered: ScheduledNumbers;
  /** The shapes of this batch, and dtypes other than float32: `inputs[64,28,28,1] targets[64] int32`. */
  readonly signature: string;
  /** The number of examples in the step. Rows that only fill a batch do not count. */
  readonly examples: number;
  /** The time of the step itself. A GPU may still be working on it. */
  readonly milliseconds: number;
  /** How much of this time was recording. Present only if this step was recorded, as for a new shape or structure. */
  readonly recording?: RecordingCost;
  /** Downloads the loss. This waits for the device, so call it only if you need the number. */
  loss(): Promise<number>;
  /**
   * Downloads the number by which this loss was divided: the number of counted labels, or the sum of their weights.
   * The mean over several steps is `sum(loss * weight) / sum(weight)`.
   */
  weight(): Promise<number>;
  /**
   * Downloads the figures of this epoch's steps so far: `loss` and each metric that is a mean. Figures that are totalled on
   * the host, such as an area under a curve, come only at the end of the epoch. This waits for the device.
   */
  figures(): Promise<Logs>;
}

/** The figures of an epoch: `loss` and each metric. Figures of the validation data start with `validation_`. */
export type Logs = Readonly<Record<string, number>>;

/** What `onSave` receives. */
export interface SaveContext<S extends State = State, Locals = unknown>
  extends OwnParts<Locals>, Pick<Clock, 'epoch' | 'step'> {
  readonly run: Run;
  readonly state: S;
}

/** What `onValidated` receives beside the context of a host hook. */
export interface Validated {
  readonly logs: Logs;
  /** The tables of metrics such as a confusion matrix, by the metric's name; those of validation begin with `validation_`. */
  readonly tables: Readonly<Record<string, Table>>;
}

/** What `onEpochEnd` receives beside the context of a host hook. */
export interface EpochEnd extends Validated {
  /** Present if `fit` has validation data, and its option `validateEvery` left out the validation at this end of an epoch. */
  readonly validationLeftOut?: true;
}

/** What runs the evaluation: the validation of `fit`, or a call of `evaluate` or `predict`. */
export type EvaluationPurpose = 'validation' | 'evaluate' | 'predict';

/** What `onEvaluateEnd` receives. */
export interface EvaluationEnd<S extends State = State, Locals = unknown> extends SaveContext<S, Locals> {
  readonly purpose: EvaluationPurpose;
}

/** What `onEvaluateBatch` receives. */
export interface EvaluatedBatch<S extends State = State, Locals = unknown> extends EvaluationEnd<S, Locals> {
  /** What the figures of these data begin with: `validation_`, `validation_noisy_` if there are several; otherwise empty. */
  readonly prefix: string;
  /** The number of batches of these data so far, with this one. */
  readonly batch: number;
  /** The number of batches that these data have. */
  readonly batches: number;
  /** The examples of the batch, if a plugin called `keepExamples`. Its tensors are freed after the hook. */
  readonly examples?: EvaluatedExamples | undefined;
}

/** What `onEvaluateBegin` receives. */
export interface EvaluateContext<S extends State = State, Locals = unknown> extends EvaluationEnd<S, Locals> {
  /**
   * Evaluates with these values instead of the variables of the same names. After the last batch the variables get
   * their own values back. The values are copied on the device, and none is read.
   *
   * @param values - tensors by names of `run.variables`, with the shapes of the variables; other variables keep their
   *   values
   * @throws CantripError HOOK_RESULT for an unknown name or a wrong shape
   */
  evaluateWith(values: NamedTensors): void;
  /**
   * Gives `onEvaluateBatch` the examples of each batch with the outputs of the model. It does so for all plugins, and for this
   * validation or call of `evaluate` alone; `predict` has no targets and ignores it.
   */
  keepExamples(): void;
  /** Names of the variables for which an earlier plugin in the list has called `evaluateWith`. */
  readonly lent: ReadonlySet<string>;
}

/** What `transformOptimizer` receives. */
export interface OptimizerContext<Locals = unknown> extends OwnParts<Locals> {
  readonly run: Run;
}
