import { checkArgument } from '@cantrip/errors';
import type { SavedTensors, Snapshot, Trainer } from '@cantrip/trainer';
import { savedTensorsCheck, snapshotCheck, trainerCheck } from '../checks/argument-checks.ts';

/**
 * The model's weights as plain lists, to compare bit for bit.
 *
 * @throws CantripError OPTION_INVALID; what `save` throws
 * @example
 * ```ts
 * await weightsOf(trainer); // { 'dense_1/kernel': [0.5, …], … }
 * ```
 */
export async function weightsOf(trainer: Trainer): Promise<Readonly<Record<string, readonly number[]>>> {
  checkArgument('weightsOf', 'trainer', trainerCheck, trainer);
  return plain((await trainer.save()).variables);
}

/**
 * Saved tensors as plain lists.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * plain(snapshot.variables); // { 'dense_1/kernel': [0.5, …], … }
 * ```
 */
export function plain(tensors: SavedTensors): Readonly<Record<string, readonly number[]>> {
  checkArgument('plain', 'tensors', savedTensorsCheck, tensors);
  return Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, Array.from(values)]));
}

/**
 * A snapshot as plain data, so that two snapshots can be compared.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * expect(plainSnapshot(await one.save())).toEqual(plainSnapshot(await other.save()));
 * ```
 */
export function plainSnapshot(snapshot: Snapshot): unknown {
  checkArgument('plainSnapshot', 'snapshot', snapshotCheck, snapshot);
  const { variables, slots, plugins, ...rest } = snapshot;
  const states = Object.entries(plugins).map(([name, saved]) => [name, saved.state, plain(saved.variables)]);
  return { ...rest, variables: plain(variables), slots: plain(slots), states };
}
