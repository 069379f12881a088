import type { NamedVariables, RunningOptimizer } from '@cantrip/optimizers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ModelFunction, Run } from './run.ts';
import type { OptimizerContext, State } from './contexts.ts';
import type { PrepareContext, TuneContext, Tuning } from './tuning.ts';
import type { Hooks } from './hooks.ts';
import type { RunStore } from './run-store.ts';

type Awaitable<T> = T | Promise<T>;

/** What `setup` may return. */
export interface SetUp<Locals> {
  /** Values of this run. Every later hook of this plugin finds them in its context. */
  readonly locals: Locals;
  /** Undoes what `setup` did; called by `dispose()`. */
  undo?(): void;
}

/** What `transformModel` may return if it changed the given model. */
export interface TransformedModel {
  /** The model to train: the given one, or another. */
  readonly model: LayersModel | ModelFunction;
  /** Makes the given model what it was before; called by `dispose()`. */
  undo?(): void;
}

/**
 * A training trick: a plain object that a factory returns. There is no base class and no registry.
 *
 * The name of a hook says where it runs. `transform…` is part of the step, a pure tensor program. `schedule…` and
 * `on…` run on the host, around the step. Plugins run in list order.
 */
export interface Plugin<S extends State = State, Api = void, Locals = unknown> extends Hooks<S, Locals> {
  /** The package's name without its scope. */
  readonly name: string;
  /**
   * Tells several plugins of the same name apart, e.g. label smoothing of two outputs. State, variables, own scalars and
   * random streams belong to one instance.
   */
  readonly instance?: string | undefined;
  /** The options of the plugin as plain data, for logs and reports. Nothing else reads them. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Environment variables that the native library reads once, when it is loaded. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Compiles the captured step with TensorFlow's compiler, like the trainer's option `compile`. */
  readonly compile?: 'xla' | undefined;
  /** The seed of the whole run. Two plugins with a seed conflict. */
  readonly seed?: number;
  /** What other plugins may order themselves by, e.g. `mixes-labels`: it makes one target of several examples. */
  readonly provides?: readonly string[];
  /** The plugins that must be earlier in the list, by name or by what they provide. The order is checked, never changed. */
  readonly after?: readonly (string | { readonly provides: string })[];
  /** The names of plugins that cannot run together with this one, each with the reason. */
  readonly conflicts?: Readonly<Record<string, string>>;
  /** Returns the plugin's state at step 0. The trainer owns and saves it. */
  state?(): S;
  /**
   * Returns the plugin's variables, e.g. averaged weights. The trainer saves and disposes them. The hooks find them as
   * `ownVariables`.
   */
  variables?(run: Run): NamedVariables;
  /** Runs before the device is opened. Chooses further settings to open it with. */
  tune?(context: TuneContext): Awaitable<Tuning>;
  /** Runs after the device is opened and before the model is built. Returns a function that undoes it. */
  prepare?(context: PrepareContext): void | (() => void);
  /**
   * Runs once, after the model is built and before its variables are named and the optimizer starts. Returns the model,
   * changed or another, or `{ model, undo }`. A LayersModel must stay one, and a function a function. The trainer
   * disposes the variables that were created here. Their initial values follow from the seed and the plugin's name.
   */
  transformModel?(
    model: LayersModel | ModelFunction,
    context: PrepareContext,
  ): LayersModel | ModelFunction | TransformedModel;
  /** Runs after the model is built, and may change it. Returns a function that undoes it, or `{ locals, undo }`. */
  setup?(run: Run, state: S): void | (() => void) | SetUp<Locals>;
  /**
   * Runs once, after `setup` and `variables`. Returns the optimizer, or another one that wraps it. Its `apply` is
   * part of the step and is called once for each batch; `phase` says which batch of a step updates.
   */
  transformOptimizer?(optimizer: RunningOptimizer, context: OptimizerContext<Locals>): RunningOptimizer;
  /** Where this plugin keeps runs, for `trainer.saveTo` and the option `resume` of `fit`. */
  readonly store?: RunStore;
  /** Returns what `run.use(plugin)` returns. Runs after `setup` and `variables`. */
  api?(run: Run, state: S, locals: Locals): Api;
}

/** A plugin with any state and api. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of plugins holds unlike ones; S stands on both sides of its hooks
export type AnyPlugin = Plugin<any, any, any>;
