import { CantripError, describe } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';
import { idOf } from '../contract/plugin-id.ts';

/**
 * Merges the environment variables of all plugins.
 *
 * @throws CantripError ENVIRONMENT_CONFLICT, which names the two plugins that disagree
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
          who: idOf(plugin),
          what: `wants ${key}=${value}, but ${owner[key]} wants ${key}=${merged[key]}`,
          fix: 'Remove one of the two plugins, or set both to the same value',
        });
      }
      merged[key] = value;
      owner[key] = idOf(plugin);
    }
  }
  return merged;
}

/**
 * Returns the seed that a plugin sets, if one does.
 *
 * @throws CantripError PLUGIN_CONFLICT if two plugins set a seed, PLUGIN_INVALID if a seed is not valid
 */
export function mergeSeed(plugins: readonly AnyPlugin[]): number | undefined {
  const givers = plugins.filter(({ seed }) => seed !== undefined);
  const [first, second] = givers;
  if (first && second) {
    throw new CantripError('PLUGIN_CONFLICT', {
      who: second.name,
      what: `sets a seed, but ${first.name} already sets one`,
      fix: 'Remove one of the two plugins',
    });
  }
  if (first && !(Number.isSafeInteger(first.seed) && (first.seed as number) >= 0)) {
    throw new CantripError('PLUGIN_INVALID', {
      who: first.name,
      what: `seed must be an integer in [0, 2^53), got ${describe(first.seed)}`,
      fix: 'Set seed to an integer in [0, 2^53)',
    });
  }
  return first?.seed;
}
