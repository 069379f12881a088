/** A point of a curve. `y` may be NaN or infinite. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The curve of one run in a chart. */
export interface Curve {
  /** The index of the run, which chooses the colour. */
  readonly run: number;
  /** What the legend calls it. */
  readonly name: string;
  /** Dashed beside a solid one of the same run, e.g. training beside validation. */
  readonly dashed?: boolean;
  readonly points: readonly Point[];
}

/** The mean of several seeds, where each has a finite value, and its interval. */
export interface MeanCurve {
  readonly name: string;
  /** The index of the first run of the group, which chooses the colour. */
  readonly run: number;
  readonly dashed?: boolean;
  readonly points: readonly {
    readonly x: number;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** The indices of the runs that it is the mean of. */
  readonly members: readonly number[];
}

/** One chart of curves. */
export interface CurveChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly curves: readonly Curve[];
  readonly means: readonly MeanCurve[];
  /** The file of the run folder that has all values. */
  readonly source: string;
}
