import type { NamedVariables, Optimizer, ParameterRoles } from '@cantrip/optimizers';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import type { Tensors } from './batch.ts';
import type { LayerWrap } from './layer-calls.ts';
import type { StepContext } from './step-context.ts';

/** What a model function receives with its inputs. */
export interface ModelContext extends Pick<StepContext, 'random'> {
  readonly training: boolean;
}

/** A model as a function of the inputs. Create its variables in the trainer's option `model: () => …`. */
export type ModelFunction = (inputs: Tensors, context: ModelContext) => Tensors;

/** The part of a plugin that {@link Run.use} needs. */
export interface WithApi<Api> {
  readonly name: string;
  api?(run: Run, state: never, locals: never): Api;
}

/** The parts of a training run that exist from its start to its end. */
export interface Run {
  readonly seed: number;
  readonly model: LayersModel | ModelFunction;
  readonly optimizer: Optimizer;
  /** Every variable of the model by parameter name, e.g. `conv2d_1/kernel`. The names are the same in every process. */
  readonly variables: NamedVariables;
  /**
   * Names of variables without the number that makes them unique, e.g. `bidirectional_1/bias` for
   * `bidirectional_1/bias_2`. Only variables with such a number are listed. Name patterns may match either name.
   */
  readonly roles?: ParameterRoles;
  /** The losses of this run, one for each trained output, as they were passed; a function stands in an object. */
  readonly losses: readonly object[];
  /** The plugins of this run, in the order of their calls. */
  readonly plugins: readonly WithApi<unknown>[];
  /** The variables that the model itself marks as trainable. */
  trainable(): NamedVariables;
  /** The api of another plugin of this run. Pass the same plugin object as in `plugins`. */
  use<Api>(plugin: WithApi<Api>): Api;
  /**
   * Holds the schedules of this run at one step, until the returned function is called: `heldAt` of host contexts is this
   * step. The learning rate finder does so, because its sweep changes the learning rate alone.
   *
   * @param step - at least 0
   * @throws CantripError OPTION_INVALID
   */
  holdSchedules(step: number): () => void;
  /** Ends the run after the current step. */
  stop(reason: string): void;
  /**
   * The first reason that `stop` received in this `fit`, also from a signal; undefined while the run goes on. A stop
   * during validation leaves its figures out of the logs.
   */
  readonly stopReason: string | undefined;
  /**
   * Tells the trainer that the step or the model computes something else from now on, so the step is recorded again.
   * Call it for any change except a change of the trainable variables, which the trainer notices.
   */
  restructure(): void;
  /**
   * Wraps the calls of a layer in the trainer's passes: training, evaluation and prediction. A direct call of the
   * model, such as `run.model.predict`, is not wrapped. The wraps of a layer nest in list order of their plugins, the
   * first one outside. A later change of the layer, e.g. freezing, stays inside.
   *
   * A wrap that is added or removed between two steps takes effect at the next step. `dispose()` removes all.
   *
   * @param layer - a layer of `run.model` at any depth; a shared layer is wrapped at each call
   * @param wrap - returns tensors of the shapes and dtypes that the layer returns
   * @returns a function that removes the wrap
   * @throws CantripError MODEL_INVALID if the model does not have this layer; OPTION_INVALID
   * @example
   * ```ts
   * setup: (run) => run.wrapCall(run.model.layers[1], (next, inputs, { training, random }) =>
   *   training ? tf.mul(next(), random('survival').bernoulli([], 0.9)) : next());
   * ```
   */
  wrapCall(layer: layers.Layer, wrap: LayerWrap): () => void;
  log(message: string): void;
}
