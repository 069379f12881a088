import { CantripError } from '@cantrip/errors';
import type { Optimizer } from '@cantrip/optimizers';
import type { BuiltModel } from '../model/built-model.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { Run } from '../contract/run.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';

interface RunParts extends Pick<CheckedOptions, 'log'> {
  readonly recipe: Optimizer;
  readonly model: BuiltModel;
  readonly seed: number;
}

/** What plugins are handed of a run. */
export function createRun(
  { recipe, log, model, seed }: RunParts,
  hands: { use: (plugin: AnyPlugin) => unknown; stop: (reason: string) => void; restructure: () => void },
): Run {
  return {
    seed,
    optimizer: recipe,
    model: model.source,
    variables: model.variables,
    roles: model.roles,
    trainable: () => model.trainable(),
    use: hands.use as Run['use'],
    stop: hands.stop,
    restructure: hands.restructure,
    log,
  };
}

/** The api of a plugin that stands before the one that asks. */
export function apiOf(apis: ReadonlyMap<unknown, unknown>, plugin: AnyPlugin): unknown {
  if (apis.has(plugin)) return apis.get(plugin);
  throw new CantripError('PLUGIN_ABSENT', {
    who: plugin?.name ?? 'run.use',
    what: 'is not part of this run, or stands further down the plugin list',
    fix: 'Put this very object into plugins, before the plugin that uses it',
  });
}
