/**
 * The Kolmogorov-Smirnov distance between numbers and a distribution, times the square root of their count. Numbers of
 * that distribution exceed 1.63 in one of 100 cases.
 *
 * @param quantiles - of the distribution, at these probabilities
 */
export function distanceFrom(
  numbers: ArrayLike<number>,
  quantiles: readonly number[],
  probabilities: readonly number[],
): number {
  const sorted = Float64Array.from(numbers).sort();
  const distances = quantiles.map((quantile, at) => {
    const below = sorted.findIndex((one) => one > quantile);
    return Math.abs((below === -1 ? sorted.length : below) / sorted.length - probabilities[at]!);
  });
  return Math.max(...distances) * Math.sqrt(sorted.length);
}
