import type { CalibrationBin } from './calibration-bins.ts';

/** Calibration errors: the difference between confidence and accuracy. */
export interface CalibrationErrors {
  /** ECE: the mean of `|accuracy - confidence|` over the bins, weighted by the weights of the bins. */
  readonly expectedError: number;
  /** The root of the weighted mean of `(accuracy - confidence)^2` over the bins. */
  readonly rootMeanSquareError: number;
  /** MCE: the largest `|accuracy - confidence|` of a bin. */
  readonly maximumError: number;
  readonly bins: readonly CalibrationBin[];
}

/** The calibration of a classifier, and its accuracy and losses. */
export interface Calibration extends CalibrationErrors {
  /** The number of predictions: one for each example, or for a sigmoid one for each class of each example. */
  readonly count: number;
  /** The sum of their weights; the number of predictions if there are no weights. All means are divided by it. */
  readonly weight: number;
  /** The share of predictions that are right. */
  readonly accuracy: number;
  /** The mean confidence. If it is above the accuracy, the classifier is overconfident. */
  readonly confidence: number;
  /** The mean of `-ln p`, where `p` is the probability of the true class. */
  readonly negativeLogLikelihood: number;
  /** The mean squared distance between probabilities and labels: from 0 to 2, or for a sigmoid from 0 to 1. */
  readonly brierScore: number;
  /** The errors of each class, with the option `classwise`. The confidence is the probability of this class. */
  readonly classes?: readonly CalibrationErrors[];
  /** The mean of `expectedError` over the classes, with the option `classwise`. */
  readonly classwiseError?: number;
}

/** The errors of bins. Empty bins are ignored. */
export function errorsOf(bins: readonly CalibrationBin[]): CalibrationErrors {
  const filled = bins.filter(({ count }) => count > 0);
  const weight = filled.reduce((sum, bin) => sum + bin.weight, 0);
  const gaps = filled.map((bin) => ({
    share: bin.weight / weight,
    gap: Math.abs(bin.accuracy - bin.confidence),
  }));
  return {
    expectedError: gaps.reduce((sum, { share, gap }) => sum + share * gap, 0),
    rootMeanSquareError: Math.sqrt(gaps.reduce((sum, { share, gap }) => sum + share * gap * gap, 0)),
    maximumError: gaps.reduce((most, { gap }) => Math.max(most, gap), 0),
    bins,
  };
}
