import type { DataPromise } from '../batch/data-promise.ts';
import type { Position } from '../step/position.ts';
import type { SavedTotals } from '../step/totals.ts';
import type { Logs, State } from '../contract/contexts.ts';

/** A tensor as plain data. */
export interface SavedTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export type SavedTensors = Readonly<Record<string, SavedTensor>>;

/** The optimizer that the slots belong to. */
export interface SavedOptimizer {
  /** The name, with its wrappers: `accumulateGradients(clip(sgd))`. */
  readonly name: string;
  /** The number of batches in one step. */
  readonly batchesPerStep: number;
  /** The names of what it keeps for each parameter; absent if it does not say. */
  readonly keeps?: readonly string[] | undefined;
  /** The names of all slots, so a missing slot is noticed. */
  readonly slots: readonly string[];
}

/** What a snapshot holds of a plugin. */
export interface SavedPlugin {
  readonly state: State;
  readonly variables: SavedTensors;
}

/**
 * Everything that a run needs to continue as if it had never stopped. It survives `structuredClone` and
 * `v8.serialize`. JSON does not keep typed arrays.
 */
export interface Snapshot {
  readonly version: 1;
  readonly seed: number;
  readonly position: Readonly<Position>;
  readonly totals: SavedTotals;
  readonly variables: SavedTensors;
  /** The states of stateful recurrent layers, by layer and number; absent if there are none. */
  readonly layerStates?: SavedTensors | undefined;
  readonly optimizer: SavedOptimizer;
  readonly slots: SavedTensors;
  /** What the data of the epoch promised. A run that is resumed in the middle of an epoch needs it. */
  readonly data?: DataPromise | undefined;
  readonly plugins: Readonly<Record<string, SavedPlugin>>;
  /** The figures of each completed epoch of the run; absent in snapshots of older versions. */
  readonly history?: readonly Logs[] | undefined;
}
