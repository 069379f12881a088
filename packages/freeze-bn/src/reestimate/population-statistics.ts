/** Mean and biased variance of each channel over `count` values. */
export interface ChannelStatistics {
  readonly count: number;
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

/** Combines the statistics of batches. */
export interface PopulationStatistics {
  add(part: ChannelStatistics): void;
  /** The combined statistics, in double precision. */
  readonly total: { count: number; mean: Float64Array; variance: Float64Array };
}

/**
 * Merges means and variances of parts. The variance of the whole is the mean of the parts' variances plus the
 * variance of their means, weighted by count.
 *
 * @see Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979
 */
export function populationStatistics(channels: number): PopulationStatistics {
  const total = { count: 0, mean: new Float64Array(channels), variance: new Float64Array(channels) };
  return {
    total,
    add({ count, mean, variance }) {
      const share = count / (total.count + count);
      for (let channel = 0; channel < channels; channel++) {
        const delta = mean[channel]! - total.mean[channel]!;
        total.mean[channel]! += delta * share;
        total.variance[channel]! +=
          (variance[channel]! - total.variance[channel]!) * share + delta ** 2 * share * (1 - share);
      }
      total.count += count;
    },
  };
}
