/** One step of a sweep. */
export interface SweepPoint {
  readonly learningRate: number;
  readonly loss: number;
  /** The moving average of the losses so far, each weighted by the number that it was divided by. */
  readonly smoothedLoss: number;
}

/** The result of a sweep, and the part of it that suggestions use. */
export interface Swept {
  /** One point for each step that had a weight, in order of growing learning rate. */
  readonly points: readonly SweepPoint[];
  /** The number of points at the start that the suggestions ignore. */
  readonly skipStart: number;
  /** The number of points at the end that the suggestions ignore. */
  readonly skipEnd: number;
}
