/** How far a run has come. The loop counts here. */
export interface Position {
  epoch: number;
  step: number;
  /** Completed batches of the current epoch. */
  batch: number;
  /** Completed examples of the current epoch. */
  examples: number;
  /** Completed batches of the whole run. Random numbers of a step depend on it. */
  batches: number;
}
