import type { SavedTensors, Snapshot, Trainer } from '@cantrip/trainer';

/** The model's weights as plain lists, to compare bit for bit. */
export async function weightsOf(trainer: Trainer): Promise<Readonly<Record<string, readonly number[]>>> {
  return plain((await trainer.save()).variables);
}

/** Saved tensors as plain lists. */
export function plain(tensors: SavedTensors): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, Array.from(values)]));
}

/** A snapshot as plain data, so that two snapshots can be compared. */
export function plainSnapshot(snapshot: Snapshot): unknown {
  const { variables, slots, plugins, ...rest } = snapshot;
  const states = Object.entries(plugins).map(([name, saved]) => [name, saved.state, plain(saved.variables)]);
  return { ...rest, variables: plain(variables), slots: plain(slots), states };
}
