import type { ClassPredictions } from '@cantrip/run-log';

/** A section of the confidence. */
export interface ReliabilityRow {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** The share that was correct, and the mean confidence; NaN without a prediction. */
  readonly accuracy: number;
  readonly confidence: number;
}

/** The sections of the confidence with their means. */
export const reliabilityRows = ({ bins }: ClassPredictions): readonly ReliabilityRow[] =>
  bins.map(({ count, correct, confidence }, at) => ({
    from: at / bins.length,
    to: (at + 1) / bins.length,
    count,
    accuracy: correct / count,
    confidence: confidence / count,
  }));

/**
 * The expected calibration error: the mean distance between confidence and the share that was correct, weighted by the number of
 * predictions in each section.
 *
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017
 */
export function calibrationError(rows: readonly ReliabilityRow[]): number {
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  return rows.reduce(
    (sum, { count, accuracy, confidence }) =>
      count === 0 ? sum : sum + (count / all) * Math.abs(accuracy - confidence),
    0,
  );
}

export const accuracyOf = ({ counts, count }: ClassPredictions): number =>
  counts.reduce((sum, [target, prediction, times]) => (target === prediction ? sum + times : sum), 0) / count;
