import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';
import { type Optimizer, sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  createTrainer,
  type Plugin,
  type PluginList,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import { tinyModel } from './tiny-model.ts';

/** The seed of a tiny trainer without a plugin that sets one. */
export const TINY_SEED = 7;

/** The optimizer of a tiny trainer. */
export const tinyOptimizer = (): Optimizer => sgd({ learningRate: 0.05, momentum: 0.9 });

const listCheck: Check<PluginList> = (value) =>
  Array.isArray(value) ? undefined : 'must be an array of plugins';
const optionsCheck: Check<object> = (value) =>
  isPlainObject(value) ? undefined : 'must be an object of options';

/**
 * A trainer of the tiny model with these plugins. It has a fixed seed unless a plugin sets one.
 *
 * @param options - replace those of the tiny trainer
 * @throws CantripError OPTION_INVALID; what createTrainer throws
 * @example
 * ```ts
 * const trainer = tinyTrainer([myPlugin()], { device: 'wasm' });
 * await trainer.fit(tinyData(), { epochs: 2 });
 * ```
 */
export function tinyTrainer(plugins: PluginList = [], options: Partial<TrainerOptions> = {}): Trainer {
  checkArgument('tinyTrainer', 'plugins', listCheck, plugins);
  checkArgument('tinyTrainer', 'options', optionsCheck, options);
  const seeded = pluginsOf(plugins).some(({ seed }) => seed !== undefined);
  return createTrainer({
    device: 'cpu',
    model: tinyModel,
    optimizer: tinyOptimizer(),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: seeded ? plugins : [fixedSeed, ...plugins],
    handleInterrupt: false,
    log: () => undefined,
    reporter: false,
    ...options,
  });
}

const fixedSeed: Plugin = { name: 'tiny-seed', seed: TINY_SEED };

/** The plugins of a list, also those of lists within it. */
const pluginsOf = (list: PluginList): readonly AnyPlugin[] =>
  list.flatMap((entry): readonly AnyPlugin[] => {
    if (Array.isArray(entry)) return pluginsOf(entry as PluginList);
    return entry ? [entry as AnyPlugin] : [];
  });
