import { CantripError, describe } from '@cantrip/errors';
import type { PluginList } from './check-plugins.ts';

/** Whether a list, or a list within it, holds a promise. */
export const holdsPromise = (list: PluginList): boolean =>
  list.some(
    (entry) => entry instanceof Promise || (Array.isArray(entry) && holdsPromise(entry as PluginList)),
  );

/**
 * The list with the values of its promises. Several are awaited at once.
 *
 * @throws CantripError PLUGIN_INVALID, which names the place of a promise that was rejected
 */
export async function awaitedPlugins(list: PluginList, path: string = 'plugins'): Promise<PluginList> {
  const entries = list.map(async (entry, position) => {
    const place = `${path}[${position}]`;
    const value = entry instanceof Promise ? await settled(entry, place) : entry;
    return Array.isArray(value) ? await awaitedPlugins(value as PluginList, place) : value;
  });
  return (await Promise.all(entries)) as PluginList;
}

/** Nobody may wait yet for promises of a list. A rejection must not end the process before the trainer is opened. */
export function keepRejections(list: PluginList): void {
  for (const entry of list) {
    if (entry instanceof Promise) entry.catch(() => undefined);
    if (Array.isArray(entry)) keepRejections(entry as PluginList);
  }
}

async function settled(promise: Promise<unknown>, place: string): Promise<unknown> {
  try {
    return await promise;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : describe(cause);
    throw new CantripError('PLUGIN_INVALID', {
      who: 'createTrainer',
      what: `${place} is a promise that was rejected: ${why.replace(/\.$/, '')}`,
      fix: 'Read the error in the property cause',
      cause,
    });
  }
}
