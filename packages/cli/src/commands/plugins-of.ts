import type { AnyPlugin, PluginList } from '@cantrip/trainer';

/** The plugins of a list, without its lists, promises and falsy entries. */
export async function pluginsOf(list: PluginList): Promise<readonly AnyPlugin[]> {
  const plugins: AnyPlugin[] = [];
  for (const promised of list) {
    const entry = await promised;
    if (Array.isArray(entry)) plugins.push(...(await pluginsOf(entry as PluginList)));
    else if (entry) plugins.push(entry as AnyPlugin);
  }
  return plugins;
}
