import type { Scalar } from '@tensorflow/tfjs-core';
import type { NamedScalars } from './hyperparameter.ts';
import type { NamedTensors, NamedVariables, ParameterRoles } from './named.ts';

/** An optimizer as a value: what to do, without any state. One object may serve several trainings. */
export interface Optimizer {
  readonly name: string;
  /** The learning rate when no plugin schedules one. */
  readonly learningRate: number;
  /** The scalars of the step that an update may read, so that a plugin sees whether what it gives is used; absent: unknown. */
  readonly scalars?: readonly string[];
  /** How many batches make one step, that is one update, where it accumulates gradients; 1 where it is absent. */
  readonly batchesPerStep?: number;
  /** What it keeps of a parameter, by the slots' own names, e.g. `momentum`; absent: unknown. */
  readonly keeps?: readonly string[];
  /**
   * Begins a training: empty slots, nothing shared with another training.
   *
   * @param parameters - the name of every parameter that this training may update, now or later (frozen ones too):
   *   a group pattern that fits none of them is an error at once. Absent: those of the first update are taken.
   * @param roles - the names of some of them without the number that makes them unique, e.g. `bidirectional_1/bias` for
   *   `bidirectional_1/bias_2`: a group's pattern may fit either name.
   */
  start(parameters?: readonly string[], roles?: ParameterRoles): RunningOptimizer;
}

/** What one update reads. */
export interface Update {
  /** The variables to be changed, by parameter name. */
  readonly variables: NamedVariables;
  /** One gradient for each of them, by the same name. */
  readonly gradients: NamedTensors;
  readonly learningRate: Scalar;
  /** The step's scalars, for hyperparameters that are scheduled. */
  readonly scalars?: NamedScalars | undefined;
  /**
   * What the batch's loss was divided by: its examples, or what counts in it, e.g. labels that are not ignored. It may
   * be 0. Absent: every batch counts the same.
   */
  readonly weight?: Scalar | undefined;
  /** `update` for the last batch of a step; `accumulate` for those before it, after which nothing is updated yet. */
  readonly phase: 'accumulate' | 'update';
}

/** An optimizer at work in one training. */
export interface RunningOptimizer {
  /**
   * Assigns new values to the variables and to its own slots, which are made of zeros at a parameter's first update.
   * Step side: reads no value. The order of the variables changes nothing; a parameter that is left out keeps its
   * slots and its own count of updates.
   *
   * @throws CantripError GRADIENT_MISMATCH, SHAPE_MISMATCH, or STATE_MISMATCH where a restored slot does not fit
   */
  apply(update: Update): void;
  /** Every slot, named `parameter/slot`, e.g. `dense_1/kernel/momentum`. */
  slots(): NamedVariables;
  /**
   * Puts saved slot values back (copies: the tensors stay the caller's); slots that are not named are removed. All of
   * them, or none where something fails.
   *
   * @param variables - the parameters that slots may be of, whose shapes they are compared with; absent: any
   * @throws CantripError STATE_MISMATCH, before anything has changed
   */
  restore(slots: NamedTensors, variables?: NamedVariables): void;
  dispose(): void;
}
