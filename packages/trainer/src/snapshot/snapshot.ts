import type { DataPromise } from '../batch/data-promise.ts';
import type { Position } from '../step/position.ts';
import type { SavedTotals } from '../step/totals.ts';
import type { State } from '../contract/contexts.ts';

/** A tensor as plain data. */
export interface SavedTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export type SavedTensors = Readonly<Record<string, SavedTensor>>;

/** Which optimizer the slots are of. */
export interface SavedOptimizer {
  /** With those that it is wrapped in: `accumulateGradients(clip(sgd))`. */
  readonly name: string;
  /** How many batches make one step. */
  readonly batchesPerStep: number;
  /** What it keeps of a parameter; absent where it does not say. */
  readonly keeps?: readonly string[] | undefined;
  /** The names of all slots, so that one that is missing is seen. */
  readonly slots: readonly string[];
}

/** What a snapshot has of a plugin. */
export interface SavedPlugin {
  readonly state: State;
  readonly variables: SavedTensors;
}

/**
 * Everything that a run needs to go on as if it had never stopped. Survives `structuredClone` and `v8.serialize`; JSON
 * keeps no typed arrays.
 */
export interface Snapshot {
  readonly version: 1;
  readonly seed: number;
  readonly position: Readonly<Position>;
  readonly totals: SavedTotals;
  readonly variables: SavedTensors;
  /** What stateful recurrent layers held, by layer and number; absent where there are none. */
  readonly layerStates?: SavedTensors | undefined;
  readonly optimizer: SavedOptimizer;
  readonly slots: SavedTensors;
  /** What the data of the epoch promised, which the run goes on with in the middle of one. */
  readonly data?: DataPromise | undefined;
  readonly plugins: Readonly<Record<string, SavedPlugin>>;
}
