import { deserialize, serialize } from 'node:v8';
import type { AnyPlugin, SavedRun } from '@cantrip/trainer';

/** A plugin that keeps runs in memory, by path, and saves after some of the steps. */
export function memoryStore(
  kept: Map<string, SavedRun> = new Map(),
  { steps = [] }: { readonly steps?: readonly number[] } = {},
): AnyPlugin & { readonly kept: Map<string, SavedRun> } {
  const copy = <T>(value: T): T => deserialize(serialize(value)) as T;
  const plugin: AnyPlugin = {
    name: 'memory',
    store: {
      save: (path, saved) => Promise.resolve(void kept.set(path, copy(saved))),
      load: (from) => Promise.resolve(copy(from === 'auto' ? [...kept.values()].at(-1) : kept.get(from))),
      versions: () => ({ '@cantrip/memory': '1.0.0' }),
    },
    async onSettled({ step, after, save }) {
      if (after === 'step' && steps.includes(step)) kept.set(String(step), copy(await save()));
    },
  };
  return Object.defineProperty(plugin, 'kept', { value: kept }) as never;
}
