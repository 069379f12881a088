import type { CalibrationBin } from './calibration-bins.ts';

/** How far the confidences of some predictions are from how often they are right. */
export interface CalibrationErrors {
  /** ECE: the mean of `|accuracy - confidence|` over the bins, weighted by what they count as. */
  readonly expectedError: number;
  /** The root of the weighted mean square of the same. */
  readonly rootMeanSquareError: number;
  /** MCE: the largest of them. */
  readonly maximumError: number;
  readonly bins: readonly CalibrationBin[];
}

/** How far the confidences of a classifier are from how often it is right. */
export interface Calibration extends CalibrationErrors {
  /** Predictions that count: examples, and with a sigmoid examples times classes. */
  readonly count: number;
  /** What they count as in all: their number, where examples have no weights. All means are divided by it. */
  readonly weight: number;
  /** The share that is right. */
  readonly accuracy: number;
  /** The mean confidence: above the accuracy where the classifier is too sure. */
  readonly confidence: number;
  /** The mean of `-ln` of the probability that the true class was given. */
  readonly negativeLogLikelihood: number;
  /** The mean squared distance of the probabilities from the truth: from 0 to 2, with a sigmoid to 1. */
  readonly brierScore: number;
  /** Class by class, where it was asked for: the confidences are the probabilities of this class. */
  readonly classes?: readonly CalibrationErrors[];
  /** The mean of the classes' expected errors. */
  readonly classwiseError?: number;
}

/** The errors of bins; empty ones count for nothing. */
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
