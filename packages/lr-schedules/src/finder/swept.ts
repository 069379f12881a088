/** One step of a sweep. */
export interface SweepPoint {
  readonly learningRate: number;
  readonly loss: number;
  /** The mean of the losses so far, the recent ones counting most, and each as what it was divided by. */
  readonly smoothedLoss: number;
}

/** What a sweep has seen, and which of it suggestions look at. */
export interface Swept {
  /** One for each step in which something counted, the learning rates growing. */
  readonly points: readonly SweepPoint[];
  /** Points at the beginning that no suggestion looks at. */
  readonly skipStart: number;
  /** Points at the end that no suggestion looks at. */
  readonly skipEnd: number;
}
