import { idOf, savedPlugins } from '../contract/plugin-id.ts';
import type { LiveRun } from '../run/live-run.ts';
import { copyState } from '../snapshot/copy-state.ts';
import { mismatch } from '../snapshot/mismatch.ts';
import { saveTensors } from '../snapshot/saved-tensors.ts';
import type { SavedPlugin, Snapshot } from '../contract/snapshot.ts';

/** The snapshot with the plugins of this run: those that it does not know begin now, and others are dropped. */
export async function withPluginsOf(live: LiveRun, snapshot: Snapshot): Promise<Snapshot> {
  const entries = savedPlugins(live.options.plugins).map(
    async (plugin): Promise<readonly [string, SavedPlugin]> => {
      const id = idOf(plugin);
      const saved = Object.hasOwn(snapshot.plugins, id) ? snapshot.plugins[id] : undefined;
      if (saved) return [id, saved];
      const state = copyState(live.states.get(plugin)!, (why) =>
        mismatch(
          `needs a state of ${id}, which is not plain data: ${why}`,
          'Store only plain data in the state',
        ),
      );
      return [id, { state, variables: await saveTensors(live.tensorStates.get(plugin)!) }];
    },
  );
  return { ...snapshot, plugins: Object.fromEntries(await Promise.all(entries)) };
}

/** The snapshot at the start of its epoch, with the steps of that epoch done. Their figures are left out. */
export function fromEpochStart({ data: _, ...snapshot }: Snapshot): Snapshot {
  const position = { ...snapshot.position, batch: 0, examples: 0 };
  return { ...snapshot, position, totals: { sums: {}, weights: {} } };
}
