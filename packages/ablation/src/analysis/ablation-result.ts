import type { Design } from '../design/design.ts';
import type { Figure, Parameters } from '../design/define-ablation.ts';
import type { Machine } from '../run/run-record.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import type { Verdict } from './verdict.ts';

/** A mean over the seeds, with its confidence interval. */
export interface Estimate extends Interval {
  readonly mean: number;
  /** One value for each seed, in the order of the seeds. Missing values are left out. */
  readonly values: readonly number[];
}

/** The result of one variant. */
export interface VariantResult {
  readonly name: string;
  readonly tricks: readonly string[];
  readonly runs: number;
  /** The number of runs whose loss became NaN or infinite. */
  readonly diverged: number;
  readonly figures: Readonly<Record<string, Estimate>>;
  /** The median time over the seeds. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly stepMilliseconds: number;
}

/** The effect of a trick, or of two tricks together, on one figure. */
export interface Effect {
  /** The name of the trick, or `a x b` for an interaction. */
  readonly name: string;
  readonly kind: 'effect' | 'interaction';
  readonly figure: string;
  /** The mean with the trick, and without it; absent for an interaction. */
  readonly with?: number;
  readonly without?: number;
  /** The difference with - without, paired by seed. */
  readonly difference: Estimate;
  /** The number of seeds for which the figure is better with the trick, equal, and worse. */
  readonly better: number;
  readonly equal: number;
  readonly worse: number;
  /**
   * The probability that random signs give a mean difference at least this large, and the smallest p that this number
   * of seeds can give.
   */
  readonly p: number;
  readonly smallestP: number;
  /** The same p, corrected for the number of comparisons of this figure (Holm). */
  readonly correctedP: number;
  /** The number of missing pairs: a run diverged, and the figure has no `whenDiverged`. */
  readonly missing: number;
  /**
   * The time of a step with the trick, divided by that without: the geometric mean over the seeds. Absent if no step
   * was timed.
   */
  readonly stepTimeRatio?: number;
  readonly verdict: Verdict;
}

/** The complete result of an ablation. */
export interface AblationResult {
  readonly experiment: string;
  readonly design: Design;
  readonly seeds: readonly number[];
  readonly parameters: Parameters;
  readonly confidence: number;
  readonly figures: readonly Figure[];
  readonly variants: readonly VariantResult[];
  /** The effects of all figures, figure by figure, each in list order. */
  readonly effects: readonly Effect[];
  /**
   * The probability that at least one verdict of a figure is false if no trick has an effect; for the figure with the
   * most verdicts.
   */
  readonly chanceOfFalseVerdict: number;
  /** The machines on which the runs were trained; several if the ablation was resumed elsewhere. */
  readonly machines: readonly Machine[];
  readonly processes: number;
  /** When the first and the last run ended. */
  readonly from: string;
  readonly to: string;
}
