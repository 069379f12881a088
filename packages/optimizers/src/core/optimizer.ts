import type { Scalar } from '@tensorflow/tfjs-core';
import type { NamedScalars } from './hyperparameter.ts';
import type { NamedTensors, NamedVariables, ParameterRoles } from './named.ts';

/** An optimizer: what to do, without any state. One object may be used in several trainings. */
export interface Optimizer {
  readonly name: string;
  /** The learning rate if no plugin schedules one. */
  readonly learningRate: number;
  /**
   * The scalars of the step that an update may read. A plugin sees here whether its scalars are used. Absent:
   * unknown.
   */
  readonly scalars?: readonly string[];
  /** The number of batches in one step if gradients are accumulated; a step is one update. 1 by default. */
  readonly batchesPerStep?: number;
  /** The names of the slots of each parameter, e.g. `momentum`. Absent: unknown. */
  readonly keeps?: readonly string[];
  /** Its other settings, e.g. `momentum`: plain data. A run that goes on is compared with them. Absent: unknown. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Starts a training with empty slots. Trainings share nothing.
   *
   * @param parameters - the names of all parameters that this training may update, including frozen ones. If a
   *   group's pattern matches none of them, an error is thrown at once. By default the parameters of the first
   *   update.
   * @param roles - for some parameters the name without the number that makes it unique, e.g. `bidirectional_1/bias`
   *   for `bidirectional_1/bias_2`. A group's pattern may match either name.
   */
  start(parameters?: readonly string[], roles?: ParameterRoles): RunningOptimizer;
}

/** The input of one update. */
export interface Update {
  /** The variables to update, by parameter name. */
  readonly variables: NamedVariables;
  /** One gradient for each variable, with the same name. */
  readonly gradients: NamedTensors;
  readonly learningRate: Scalar;
  /** The scalars of the step, for scheduled hyperparameters. */
  readonly scalars?: NamedScalars | undefined;
  /**
   * The number that the batch's loss was divided by: its examples, or for example its labels that are not ignored. It
   * may be 0. Absent: every batch has the same weight.
   */
  readonly weight?: Scalar | undefined;
  /**
   * `update` for the last batch of a step. `accumulate` for the batches before it, after which no variable is
   * updated.
   */
  readonly phase: 'accumulate' | 'update';
}

/** What a function returns that returns nothing and does not wait: an async function does not fit. */
type Done = void | undefined;

/** A running optimizer, for one training. */
export interface RunningOptimizer {
  /**
   * Assigns new values to the variables and to its own slots. Slots are created with zeros at a parameter's first
   * update. It runs in the step and reads no values. The order of the variables has no effect. A parameter that is
   * left out keeps its slots and its own count of updates.
   *
   * @throws CantripError GRADIENT_MISMATCH, SHAPE_MISMATCH, or STATE_MISMATCH if a restored slot does not match
   */
  apply(update: Update): Done;
  /**
   * Wraps what receives the gradients of a whole step. Present where the gradients of several batches are summed
   * first; `apply` then receives those of one batch. It must be called before the first update.
   */
  wrapUpdate?(wrap: (apply: RunningOptimizer['apply']) => RunningOptimizer['apply']): void;
  /** Returns every slot, named `parameter/slot`, e.g. `dense_1/kernel/momentum`. */
  slots(): NamedVariables;
  /**
   * Restores saved slots. The values are copied; the caller still owns the tensors. Slots that are not listed are
   * removed. If it fails, nothing changes.
   *
   * @param variables - the parameters that may have slots, whose shapes are compared; by default any
   * @throws CantripError STATE_MISMATCH, before anything changes
   */
  restore(slots: NamedTensors, variables?: NamedVariables): void;
  dispose(): void;
}
