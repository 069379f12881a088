import type { AnyPlugin, BatchSource, PluginList, Trainer, TrainerOptions } from '@cantrip/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { seededModel } from '../tiny/seeded-model.ts';
import { tinyData } from '../tiny/tiny-data.ts';
import { tinyModel } from '../tiny/tiny-model.ts';
import { tinyTrainer } from '../tiny/tiny-trainer.ts';
import type { WayOptions } from '../ways.ts';
import { firstDifference, inWords, type Slack } from './first-difference.ts';
import { notKept } from './not-kept.ts';
import { type Course, type Outcome, outcomeOf } from './outcome.ts';
import type { TrickUnderTest } from './trick-under-test.ts';

/** A trick in one way to run a step: what the rules work with. */
export interface Bench {
  readonly trick: TrickUnderTest;
  readonly way: WayOptions;
  readonly data: BatchSource;
  /** The data, and the epochs of every run. */
  readonly course: Course;
  create(): AnyPlugin;
  /** A trainer with the trick's options for this plugin, and with this list of plugins: by default the plugin alone. */
  trainer(plugin: AnyPlugin, more?: Partial<TrainerOptions>, list?: PluginList): Trainer;
  /** A trainer without the trick, which has the seed of the plugin. */
  plainTrainer(plugin?: AnyPlugin, more?: Partial<TrainerOptions>): Trainer;
  /** The outcome of an unbroken run of a new plugin; it is computed once. */
  unbroken(): Promise<Outcome>;
}

export function createBench(trick: TrickUnderTest, way: WayOptions): Bench {
  const data = trick.data ?? tinyData();
  const course = { data, epochs: trick.epochs ?? 2 };
  const optionsFor = (plugin: AnyPlugin): Partial<TrainerOptions> => ({
    ...ownOptions(trick, plugin),
    ...way,
  });
  let unbroken: Promise<Outcome> | undefined;
  const bench: Bench = {
    trick,
    way,
    data,
    course,
    create: () => trick.create(),
    trainer: (plugin, more, list = [plugin]) => tinyTrainer(list, { ...optionsFor(plugin), ...more }),
    plainTrainer(plugin = trick.create(), more = {}) {
      const seed: PluginList = plugin.seed === undefined ? [] : [{ name: 'plain-seed', seed: plugin.seed }];
      return tinyTrainer(seed, { ...(trick.optionsWithout ?? optionsFor(plugin)), ...way, ...more });
    },
    unbroken: () => (unbroken ??= outcomeOf(bench.trainer(trick.create()), course)),
  };
  return bench;
}

/** The options of the trainer that a trick has for a plugin. */
export const ownOptions = ({ options }: TrickUnderTest, plugin: AnyPlugin): Partial<TrainerOptions> =>
  (typeof options === 'function' ? options(plugin) : options) ?? {};

/** What builds the model of the trick's trainers; undefined if they share one model or have a function as model. */
export function modelMaker({ trick, create }: Bench): (() => LayersModel) | undefined {
  const given = ownOptions(trick, create()).model;
  if (given === undefined) return seededModel(tinyModel);
  const builds = typeof given === 'function' && given.length === 0;
  return builds ? seededModel(given as () => LayersModel) : undefined;
}

/** Ends the rule if the two differ. */
export function requireSame(
  actual: unknown,
  expected: unknown,
  { where, fix, slack }: { readonly where: string; readonly fix: string; readonly slack?: Slack },
): void {
  const found = firstDifference(actual, expected, slack);
  if (found) notKept(inWords(found, where), fix);
}

/** Without what is kept for plugins: lists of plugins may differ between two runs. */
export const computed = ({ plugins: _, ...rest }: Outcome): Omit<Outcome, 'plugins'> => rest;
