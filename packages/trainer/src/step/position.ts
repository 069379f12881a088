/** How far a run has come; the loop counts here. */
export interface Position {
  epoch: number;
  step: number;
  /** Batches of the current epoch that are done. */
  batch: number;
  /** Examples of the current epoch that are done. */
  examples: number;
  /** Batches of the whole run: random numbers of a step follow it. */
  batches: number;
}
