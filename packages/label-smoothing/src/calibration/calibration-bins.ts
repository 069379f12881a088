/** Predictions of about equal confidence. */
export interface CalibrationBin {
  /** The bin holds confidences from here… */
  readonly low: number;
  /** …to here. */
  readonly high: number;
  readonly count: number;
  /** The mean confidence; NaN in an empty bin. */
  readonly confidence: number;
  /** The share of predictions that were right; NaN in an empty bin. */
  readonly accuracy: number;
}

/** Collects predictions into bins: how sure each was, and whether it was right. */
export interface Binning {
  add(confidence: number, isRight: boolean): void;
  bins(): readonly CalibrationBin[];
}

/** Bins of the same width, `[low, high)` and the last one with 1: keeps three sums for each. */
export function equalWidth(count: number): Binning {
  const sums = Array.from({ length: count }, () => ({ count: 0, confidence: 0, right: 0 }));
  return {
    add(confidence, isRight) {
      const sum = sums[Math.min(count - 1, Math.floor(confidence * count))] ?? sums[0]!;
      sum.count += 1;
      sum.confidence += confidence;
      sum.right += isRight ? 1 : 0;
    },
    bins: () =>
      sums.map(({ count: size, confidence, right }, i) => ({
        low: i / count,
        high: (i + 1) / count,
        count: size,
        confidence: confidence / size,
        accuracy: right / size,
      })),
  };
}

/**
 * Bins of as many predictions each, `(low, high]`, whose borders are quantiles: keeps every prediction. Equal
 * confidences stay together, so where there are many, bins differ in size and may be empty.
 */
export function equalMass(count: number): Binning {
  const all: { readonly confidence: number; readonly isRight: boolean }[] = [];
  return {
    add: (confidence, isRight) => void all.push({ confidence, isRight }),
    bins() {
      const sorted = all.map(({ confidence }) => confidence).sort((a, b) => a - b);
      const inner = Array.from({ length: count - 1 }, (_, i) => quantile(sorted, (i + 1) / count));
      const borders = [0, ...inner, 1];
      const groups = borders
        .slice(1)
        .map((high, i) => ({ low: borders[i]!, high, members: [] as typeof all }));
      for (const prediction of all) {
        const at = inner.findIndex((border) => prediction.confidence <= border);
        groups.at(at)!.members.push(prediction);
      }
      return groups.map(({ low, high, members }) => ({
        low,
        high,
        count: members.length,
        confidence: mean(members.map(({ confidence }) => confidence)),
        accuracy: mean(members.map(({ isRight }) => (isRight ? 1 : 0))),
      }));
    },
  };
}

/** Between the two nearest values, as NumPy's. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? 1;
  const above = sorted[Math.ceil(at)] ?? 1;
  return below + (above - below) * (at - Math.floor(at));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
