import type { Design } from '../design/design.ts';
import type { Figure, Parameters } from '../design/define-ablation.ts';
import type { Machine } from '../run/run-record.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import type { Verdict } from './verdict.ts';

/** A mean over the seeds with its confidence interval. */
export interface Estimate extends Interval {
  readonly mean: number;
  /** One for each seed, in the order of the seeds; those that are missing are left out. */
  readonly values: readonly number[];
}

/** What one variant came to. */
export interface VariantResult {
  readonly name: string;
  readonly tricks: readonly string[];
  readonly runs: number;
  /** Runs whose loss became NaN or infinite. */
  readonly diverged: number;
  readonly figures: Readonly<Record<string, Estimate>>;
  /** Medians over the seeds. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly stepMilliseconds: number;
}

/** What a trick, or two together, do to one figure. */
export interface Effect {
  /** The trick, or `a x b`. */
  readonly name: string;
  readonly kind: 'effect' | 'interaction';
  readonly figure: string;
  /** Mean with the trick, and without it; absent for an interaction. */
  readonly with?: number;
  readonly without?: number;
  /** With - without, paired by seed. */
  readonly difference: Estimate;
  /** Seeds with which the figure is better with the trick, equal, and worse. */
  readonly better: number;
  readonly equal: number;
  readonly worse: number;
  /** Chance that signs at random give so large a mean difference, and the smallest that so many seeds can give. */
  readonly p: number;
  readonly smallestP: number;
  /** The same, corrected for the number of comparisons of this figure (Holm). */
  readonly correctedP: number;
  /** Pairs that are missing because a run diverged and the figure says not what that counts as. */
  readonly missing: number;
  /** Time of a step with the trick / without: the geometric mean over the seeds; absent where no step was timed. */
  readonly stepTimeRatio?: number;
  readonly verdict: Verdict;
}

/** Everything that an ablation found. */
export interface AblationResult {
  readonly experiment: string;
  readonly design: Design;
  readonly seeds: readonly number[];
  readonly parameters: Parameters;
  readonly confidence: number;
  readonly figures: readonly Figure[];
  readonly variants: readonly VariantResult[];
  /** Figure by figure, each in list order. */
  readonly effects: readonly Effect[];
  /** The chance that at least one of a figure's verdicts is false if no trick does anything; of the figure with the most. */
  readonly chanceOfFalseVerdict: number;
  /** What the runs were trained on; more than one where it was resumed elsewhere. */
  readonly machines: readonly Machine[];
  readonly processes: number;
  /** When the first and the last run ended. */
  readonly from: string;
  readonly to: string;
}
