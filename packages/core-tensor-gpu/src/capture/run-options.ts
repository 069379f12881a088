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
   * Is told of each variable that the call changes, before it does. `value()` gives what it holds, for who wants to take
   * the call back; it is a tensor of its own, the caller's to dispose of, and costs a copy of the variable.
   */
  readonly keepBefore?: KeepBefore;
}
