import type { Logs, State } from './contexts.ts';
import type { Kept } from './table.ts';
import type { Position } from './position.ts';

/** Sizes of batches in their order: 4, 4, 4, 1 are `[[4, 3], [1, 1]]`. */
export type Sizes = readonly (readonly [size: number, batches: number])[];

/** What is known about the data of the current epoch. Plain data: a snapshot from the middle of an epoch keeps it. */
export interface DataPromise {
  /**
   * The number of batches in the current epoch. If the batch size changed within the epoch, it counts the batches of
   * both sizes.
   */
  readonly batchesPerEpoch: number;
  /**
   * The sizes of the completed batches, each with the number of successive batches of this size; absent before the
   * first step.
   */
  readonly sizes?: Sizes | undefined;
  /** A fingerprint of the first batch of the epoch, of data that cannot say which examples they are. */
  readonly firstBatch?: string | undefined;
  readonly examplesPerEpoch?: number;
  readonly signature?: string;
}

/** Sums and weights of each figure, by its name. */
export interface SavedTotals {
  readonly sums: Readonly<Record<string, number>>;
  /** The numbers that the sums are divided by. */
  readonly weights: Readonly<Record<string, number>>;
  /** What metrics keep that are totalled on the host, by the metric's name; absent if there are none. */
  readonly tallies?: Readonly<Record<string, Kept>> | undefined;
}

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
  /** Present if a validation within the epoch comes next: the snapshot was taken between a step and its validation. */
  readonly validationDue?: true;
  /** The figures of each completed epoch of the run; absent in snapshots of older versions. */
  readonly history?: readonly Logs[] | undefined;
}
