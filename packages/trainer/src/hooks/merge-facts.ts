import { CantripError, describe } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';

/**
 * One environment for all plugins.
 *
 * @throws CantripError ENVIRONMENT_CONFLICT, naming the two plugins that disagree
 */
export function mergeEnvironment(
  plugins: readonly Pick<AnyPlugin, 'name' | 'environment'>[],
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = {};
  const owner: Record<string, string> = {};
  for (const plugin of plugins) {
    for (const [key, value] of Object.entries(plugin.environment ?? {})) {
      if (key in merged && merged[key] !== value) {
        throw new CantripError('ENVIRONMENT_CONFLICT', {
          who: plugin.name,
          what: `wants ${key}=${value}, but ${owner[key]} wants ${key}=${merged[key]}`,
          fix: 'Remove one of the two plugins, or make their options agree',
        });
      }
      merged[key] = value;
      owner[key] = plugin.name;
    }
  }
  return merged;
}

/**
 * The seed that a plugin gives, if one does.
 *
 * @throws CantripError PLUGIN_CONFLICT when two give one, PLUGIN_INVALID when it is no seed
 */
export function mergeSeed(plugins: readonly AnyPlugin[]): number | undefined {
  const givers = plugins.filter(({ seed }) => seed !== undefined);
  const [first, second] = givers;
  if (first && second) {
    throw new CantripError('PLUGIN_CONFLICT', {
      who: second.name,
      what: `gives a seed, but ${first.name} already gives one`,
      fix: 'Remove one of the two',
    });
  }
  if (first && !(Number.isSafeInteger(first.seed) && (first.seed as number) >= 0)) {
    throw new CantripError('PLUGIN_INVALID', {
      who: first.name,
      what: `seed must be an integer in [0, 2^53), got ${describe(first.seed)}`,
      fix: 'Give it such a seed',
    });
  }
  return first?.seed;
}
