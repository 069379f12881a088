import type { DeviceName } from '@cantrip/ops';
import type { AnyPlugin, BatchSource, PluginList, TrainerOptions } from '@cantrip/trainer';

/** Options of a trainer, or a function that makes them for a plugin, e.g. a loss that reads this plugin. */
export type OptionsOfTrick = Partial<TrainerOptions> | ((plugin: AnyPlugin) => Partial<TrainerOptions>);

/** Something that a trick says it refuses. */
export interface Refusal {
  /** Ends the sentence "refuses …". */
  readonly what: string;
  /** The code of the error. */
  readonly code: string;
  /** Creates what is refused. The error may come here, when the trainer is created, or while it trains. */
  create(): AnyPlugin | PluginList;
  /** Options of the trainer for this case. */
  readonly options?: Partial<TrainerOptions>;
}

/** A trick, and what {@link testTrick} must know of it. */
export interface TrickUnderTest {
  /** The plugin's name: the package's name without scope, or this and more after a slash. */
  readonly name: string;
  /** Creates a plugin that has an effect on a tiny training of two epochs with six steps; a new object at each call. */
  create(): AnyPlugin;
  /** Creates a plugin whose options change nothing, for tricks that have such options. */
  identity?(): AnyPlugin;
  /** The devices to test on beside the cpu; those that are absent are skipped. `wasm` and `tensorflow` by default. */
  readonly devices?: readonly DeviceName[];
  /** Options that replace those of {@link tinyTrainer}. */
  readonly options?: OptionsOfTrick;
  /** Options of the trainers without the trick, if those in `options` work only with it. */
  readonly optionsWithout?: Partial<TrainerOptions>;
  /** The training data; {@link tinyData} by default. An epoch should have three batches. */
  readonly data?: BatchSource;
  /** The epochs of each run; 2 by default. A trick that acts later needs more. */
  readonly epochs?: number;
  /** Whether the trick draws random numbers by the seed of the run; false by default. */
  readonly draws?: boolean;
  /** Whether the trick changes what a training or an evaluation computes; true by default. */
  readonly hasEffect?: boolean;
  /** Whether the trick's own variables change with each batch, e.g. as sums; false by default: once a step. */
  readonly movesEachBatch?: boolean;
  /** What the trick refuses. */
  readonly refuses?: readonly Refusal[];
}
