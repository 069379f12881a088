import { CantripError } from '@cantrip/errors';
import type { Optimizer } from '@cantrip/optimizers';
import type { BuiltModel } from '../model/built-model.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { Run } from '../contract/run.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';

interface RunParts extends Pick<CheckedOptions, 'log' | 'objective'> {
  readonly recipe: Optimizer;
  readonly model: BuiltModel;
  readonly seed: number;
  readonly plugins: readonly AnyPlugin[];
}

/** Creates the object `run` that plugins receive. */
export function createRun(
  { recipe, log, model, seed, plugins, objective }: RunParts,
  hands: Pick<Run, 'stop' | 'restructure' | 'wrapCall' | 'holdSchedules'> & {
    use: (plugin: AnyPlugin) => unknown;
    stopReason: () => string | undefined;
  },
): Run {
  return {
    seed,
    optimizer: recipe,
    model: model.source,
    variables: model.variables,
    roles: model.roles,
    losses: objective.losses.map(([, loss]) => loss),
    plugins,
    trainable: () => model.trainable(),
    use: hands.use as Run['use'],
    holdSchedules: hands.holdSchedules,
    stop: hands.stop,
    get stopReason() {
      return hands.stopReason();
    },
    restructure: hands.restructure,
    wrapCall: hands.wrapCall,
    log,
  };
}

/** Returns the api of a plugin that is earlier in the list than the caller. */
export function apiOf(apis: ReadonlyMap<unknown, unknown>, plugin: AnyPlugin): unknown {
  if (apis.has(plugin)) return apis.get(plugin);
  throw new CantripError('PLUGIN_ABSENT', {
    who: plugin?.name ?? 'run.use',
    what: 'must be in plugins, before the plugin that uses it, but it is not',
    fix: 'Add the same plugin object to plugins, before the plugin that calls run.use',
  });
}
