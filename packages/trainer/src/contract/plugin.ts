import type { NamedVariables, RunningOptimizer } from '@cantrip/optimizers';
import type { Run } from './run.ts';
import type { OptimizerContext, State } from './contexts.ts';
import type { PrepareContext, TuneContext, Tuning } from './tuning.ts';
import type { Hooks } from './hooks.ts';

type Awaitable<T> = T | Promise<T>;

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
 * `schedule…` and `on…` run on the host around it. `transformVariables`, `structure` and `transformOptimizer` say on
 * the host what the step consists of. List order is run order.
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
  /** What `run.use(plugin)` gives; called after `setup` and `variables`. */
  api?(run: Run, state: S, locals: Locals): Api;
}

/** Any plugin, whatever its state and api. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of plugins holds unlike ones; S stands on both sides of its hooks
export type AnyPlugin = Plugin<any, any, any>;
