import { CantripError } from '@cantrip/errors';

/** A bin: predictions of similar confidence. */
export interface CalibrationBin {
  /** The lower limit of confidence. */
  readonly low: number;
  /** The upper limit of confidence. */
  readonly high: number;
  /** The number of predictions. */
  readonly count: number;
  /** The sum of their weights; the number of predictions if there are no weights. */
  readonly weight: number;
  /** The mean confidence; NaN in an empty bin. */
  readonly confidence: number;
  /** The share of predictions that were right; NaN in an empty bin. */
  readonly accuracy: number;
}

/** One prediction: its confidence, whether it was right, and its weight. */
export interface Binned {
  readonly confidence: number;
  readonly isRight: boolean;
  /** Above 0. */
  readonly weight: number;
}

/** Collects predictions into bins. */
export interface Binning {
  add(prediction: Binned): void;
  bins(): readonly CalibrationBin[];
}

interface Sums {
  count: number;
  weight: number;
  confidence: number;
  right: number;
}

const noSums = (): Sums => ({ count: 0, weight: 0, confidence: 0, right: 0 });

function include(sums: Sums, { confidence, isRight, weight }: Binned): void {
  sums.count += 1;
  sums.weight += weight;
  sums.confidence += weight * confidence;
  sums.right += isRight ? weight : 0;
}

const binOf = (
  { low, high }: Pick<CalibrationBin, 'low' | 'high'>,
  { count, weight, confidence, right }: Sums,
): CalibrationBin => ({
  low,
  high,
  count,
  weight,
  confidence: confidence / weight,
  accuracy: right / weight,
});

/** Bins of equal width, `[low, high)`; the last one includes 1. Stores four sums for each bin. */
export function equalWidth(count: number): Binning {
  const sums = Array.from({ length: count }, noSums);
  return {
    add(prediction) {
      include(sums[Math.min(count - 1, Math.floor(prediction.confidence * count))] ?? sums[0]!, prediction);
    },
    bins: () => sums.map((own, i) => binOf({ low: i / count, high: (i + 1) / count }, own)),
  };
}

/**
 * Bins with equal numbers of predictions, `(low, high]`, with quantiles as limits. Stores every prediction. Equal
 * confidences are in the same bin, so bins can differ in size or be empty.
 *
 * @throws CantripError OPTION_INVALID for a weight other than 1, because the quantiles would depend on the scale of
 *   the weights
 */
export function equalMass(count: number): Binning {
  const all: Binned[] = [];
  return {
    add(prediction) {
      if (prediction.weight !== 1) throw weighed(prediction.weight);
      all.push(prediction);
    },
    bins() {
      const sorted = all.map(({ confidence }) => confidence).sort((a, b) => a - b);
      const inner = Array.from({ length: count - 1 }, (_, i) => quantile(sorted, (i + 1) / count));
      const borders = [0, ...inner, 1];
      const groups = borders.slice(1).map((high, i) => ({ low: borders[i]!, high, sums: noSums() }));
      for (const prediction of all) {
        const at = inner.findIndex((border) => prediction.confidence <= border);
        include(groups.at(at)!.sums, prediction);
      }
      return groups.map(({ sums, ...borders }) => binOf(borders, sums));
    },
  };
}

function weighed(weight: number): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'calibrationMeter',
    what: `weights must be 0 or 1 for equal-mass bins, got ${weight}`,
    fix: "Set binning: 'equal-width', or use weights of 0 and 1",
  });
}

/** Interpolates between the two nearest values, as NumPy. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? 1;
  const above = sorted[Math.ceil(at)] ?? 1;
  return below + (above - below) * (at - Math.floor(at));
}
