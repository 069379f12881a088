import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import { areTexts, checkParts } from '../checks/check-parts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { hookNames } from '../contract/hook-names.ts';
import { idOf } from '../contract/plugin-id.ts';

/** One entry of a list of plugins. Falsy entries are skipped, so `finetuning && freezing` works. */
type Entry = AnyPlugin | PluginList | false | null | undefined | 0 | '';

/**
 * A list of plugins, and of lists of plugins, as a recipe returns. It may hold promises of either, which are awaited
 * when the trainer is opened.
 */
export type PluginList = readonly (Entry | Promise<Entry>)[];

const facts = [
  'name',
  'instance',
  'environment',
  'compile',
  'seed',
  'provides',
  'after',
  'conflicts',
  'store',
  'settings',
];
const beforeRuns = [
  'state',
  'variables',
  'tune',
  'prepare',
  'transformModel',
  'setup',
  'transformOptimizer',
  'api',
];
const functions = new Set<string>([...hookNames, ...beforeRuns]);
const known = new Set<string>([...facts, ...functions]);

/**
 * Checks a list of plugins. Each must be a plugin object with known hooks. None may be in the list twice, none may
 * conflict with another, and each must come after those it must follow. The order is never changed.
 *
 * @throws CantripError PLUGIN_INVALID, PLUGIN_TWICE, PLUGIN_CONFLICT or PLUGIN_ORDER
 */
export function checkPlugins(list: PluginList): readonly AnyPlugin[] {
  if (!Array.isArray(list)) {
    throw new CantripError('PLUGIN_INVALID', {
      who: 'createTrainer',
      what: `plugins must be an array, got ${describe(list)}`,
      fix: 'Write plugins: [first(), second()]',
    });
  }
  const plugins = pluginsOf(list, 'plugins');
  checkRelations(plugins);
  return plugins;
}

/** In the order of their calls: those of a list within stand where it stands. Promises are left out. */
function pluginsOf(list: PluginList, path: string): AnyPlugin[] {
  return list.flatMap((entry, position): readonly AnyPlugin[] => {
    const place = `${path}[${position}]`;
    if (Array.isArray(entry)) return pluginsOf(entry as PluginList, place);
    if (!entry || entry instanceof Promise) return [];
    checkPlugin(entry as AnyPlugin, place);
    return [entry as AnyPlugin];
  });
}

function checkPlugin(plugin: AnyPlugin, place: string): void {
  if (!isObject(plugin) || typeof plugin.name !== 'string' || plugin.name === '') {
    throw new CantripError('PLUGIN_INVALID', {
      who: 'createTrainer',
      what: `${place} must be a plugin object with a name, got ${describe(plugin)}`,
      fix:
        typeof plugin === 'function'
          ? 'Call the factory: plugins: [factory()]'
          : 'Remove it, or replace it by a plugin object',
    });
  }
  checkFacts(plugin);
  for (const [key, value] of Object.entries(plugin)) {
    if (!known.has(key)) {
      throw new CantripError('PLUGIN_INVALID', {
        who: idOf(plugin),
        what: `has the unknown field ${key}`,
        fix: `Remove it; the hooks are ${hookNames.join(', ')}`,
      });
    }
    if (functions.has(key) && value !== undefined && typeof value !== 'function') {
      throw new CantripError('PLUGIN_INVALID', {
        who: idOf(plugin),
        what: `${key} must be a function, got ${describe(value)}`,
        fix: `Set ${key} to a function, or remove it`,
      });
    }
  }
}

/** Whether a value is an ordinary object. Arrays, errors, maps and dates are not, although some of them have a name. */
const isObject = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object Object]';

function checkFacts(plugin: AnyPlugin): void {
  const { instance, environment, compile, provides, after, conflicts, store, settings } = plugin;
  const areNames = areTexts(Array.isArray(after) ? after.map(nameOrTrait) : after);
  checkParts(
    { who: idOf(plugin), path: '', code: 'PLUGIN_INVALID' },
    { instance, environment, compile, provides, after, conflicts, store, settings },
    {
      instance: [typeof instance === 'string' && instance !== '', "text, e.g. 'digit'"],
      environment: [isOfTexts(environment), 'an object whose values are strings'],
      compile: [compile === 'xla', "'xla'"],
      provides: [areTexts(provides), "an array of strings, e.g. ['mixes-labels']"],
      after: [areNames, "an array of plugin names or { provides: 'mixes-labels' }"],
      conflicts: [isOfTexts(conflicts), 'an object that maps plugin names to reasons'],
      settings: [isPlainObject(settings), 'an object with the options of the plugin'],
      store: [isStore(store), 'an object with the functions save and load'],
    },
  );
}

/** What a plugin does may be used instead of its name. */
const nameOrTrait = (one: unknown): unknown =>
  isPlainObject(one) && Object.keys(one).length === 1 ? one['provides'] : one;

const isOfTexts = (value: unknown): boolean => isPlainObject(value) && areTexts(Object.values(value));

const isStore = (value: unknown): boolean =>
  isPlainObject(value) && typeof value['save'] === 'function' && typeof value['load'] === 'function';

function checkRelations(plugins: readonly AnyPlugin[]): void {
  const all = new Set(plugins.flatMap((plugin) => [plugin.name, idOf(plugin)]));
  const seen = new Set<string>();
  for (const plugin of plugins) {
    if (seen.has(idOf(plugin))) {
      throw new CantripError('PLUGIN_TWICE', {
        who: idOf(plugin),
        what: 'must be in the plugin list only once, but it is there twice',
        fix:
          plugin.instance === undefined
            ? 'Remove one of the two'
            : 'Remove one of the two, or give it another instance',
      });
    }
    for (const [other, reason] of Object.entries(plugin.conflicts ?? {})) {
      if (!all.has(other)) continue;
      throw new CantripError('PLUGIN_CONFLICT', {
        who: idOf(plugin),
        what: `cannot run together with ${other}: ${reason}`,
        fix: 'Remove one of the two',
      });
    }
    const late = plugins.find(
      (other) => other !== plugin && !seen.has(idOf(other)) && mustPrecede(other, plugin),
    );
    if (late) throw outOfOrder(plugin, late);
    seen.add(idOf(plugin));
  }
}

function mustPrecede(other: AnyPlugin, { after = [] }: AnyPlugin): boolean {
  return after.some((earlier) => isMeant(earlier, other));
}

type Earlier = NonNullable<AnyPlugin['after']>[number];

/** Whether an entry of `after` means this plugin. A name means all instances; `name:instance` means one. */
export const isMeant = (earlier: Earlier, plugin: AnyPlugin): boolean =>
  typeof earlier === 'string'
    ? earlier === plugin.name || earlier === idOf(plugin)
    : (plugin.provides ?? []).includes(earlier.provides);

function outOfOrder(plugin: AnyPlugin, late: AnyPlugin): CantripError {
  const reason = plugin.after?.find((earlier) => isMeant(earlier, late));
  const why = typeof reason === 'object' ? `, which provides ${reason.provides}` : '';
  return new CantripError('PLUGIN_ORDER', {
    who: idOf(plugin),
    what: `must come after ${idOf(late)}${why}`,
    fix: 'Move it further down the plugin list',
  });
}
