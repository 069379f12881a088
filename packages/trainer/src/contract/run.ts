import type { NamedVariables, Optimizer, ParameterRoles } from '@cantrip/optimizers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Tensors } from './batch.ts';
import type { StepContext } from './step-context.ts';

/** What a model knows of the call. */
export interface ModelContext extends Pick<StepContext, 'random'> {
  readonly training: boolean;
}

/** Any function of the inputs; its variables are those made in the trainer's `model: () => …`. */
export type ModelFunction = (inputs: Tensors, context: ModelContext) => Tensors;

/** A plugin, as far as {@link Run.use} looks at it. */
export interface WithApi<Api> {
  readonly name: string;
  api?(run: Run, state: never, locals: never): Api;
}

/** What exists for the whole of one training run. */
export interface Run {
  readonly seed: number;
  readonly model: LayersModel | ModelFunction;
  readonly optimizer: Optimizer;
  /** Every variable of the model by parameter name, e.g. `conv2d_1/kernel`: the same in every process. */
  readonly variables: NamedVariables;
  /**
   * The names of variables without the numbers that make them unique, e.g. `bidirectional_1/bias` for
   * `bidirectional_1/bias_2`; only of those that have a number. Patterns for names may fit either.
   */
  readonly roles?: ParameterRoles;
  /** Those of them that the model itself wants trained. */
  trainable(): NamedVariables;
  /** The api of another plugin of this run. The plugin object is its own key. */
  use<Api>(plugin: WithApi<Api>): Api;
  /** Ends the run after this step, cleanly. */
  stop(reason: string): void;
  /**
   * Says that the step, or the model, computes something else from now on, so that it is recorded anew. A change of
   * which variables are trainable is seen without it.
   */
  restructure(): void;
  log(message: string): void;
}
