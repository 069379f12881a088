import { CantripError, checkArgument } from '@cantrip/errors';
import { numbersCheck } from '../checks/argument-checks.ts';

/**
 * The Kolmogorov-Smirnov distance between numbers and a distribution, times the square root of their count. Numbers of
 * that distribution exceed 1.63 in one of 100 cases.
 *
 * @param quantiles - of the distribution, at these probabilities
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * distanceFrom([0.2, 0.4, 0.6], [0.25, 0.5, 0.75], [0.25, 0.5, 0.75]); // 0.29
 * ```
 */
export function distanceFrom(
  numbers: ArrayLike<number>,
  quantiles: readonly number[],
  probabilities: readonly number[],
): number {
  for (const [name, value] of Object.entries({ numbers, quantiles, probabilities }))
    checkArgument('distanceFrom', name, numbersCheck, value);
  if (quantiles.length !== probabilities.length || quantiles.length === 0 || numbers.length === 0)
    throw unlike();
  const sorted = Float64Array.from(numbers).sort();
  const distances = quantiles.map((quantile, at) => {
    const below = sorted.findIndex((one) => one > quantile);
    return Math.abs((below === -1 ? sorted.length : below) / sorted.length - probabilities[at]!);
  });
  return Math.max(...distances) * Math.sqrt(sorted.length);
}

function unlike(): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'distanceFrom',
    what: 'there must be numbers, and as many quantiles as probabilities',
    fix: 'Pass lists that are not empty, the last two of one length',
  });
}
