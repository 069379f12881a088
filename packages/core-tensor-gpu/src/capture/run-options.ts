import type { KeepBefore } from './call-recording.ts';

/** How a captured step is called. */
export interface RunOptions {
  /**
   * The name of the step's structure. Another structure (another phase, an unfrozen layer) needs another recording,
   * and so another name.
   */
  readonly structure?: string;
  /**
   * A number, e.g. of the epoch. When it changes, the step is compared with its recording; see `captureStep`.
   */
  readonly period?: number;
  /**
   * Called for each variable that the call changes, before the change. `value()` returns the old value, with which a
   * caller can undo the call. It is a new tensor, which the caller must dispose; it costs a copy of the variable.
   */
  readonly keepBefore?: KeepBefore;
}
