import { above, atLeast, atMost, below, checkArgument, integerIn, numberIn } from '@cantrip/errors';

const probabilityCheck = numberIn(above(0.5), below(1));
const degreesCheck = integerIn(atLeast(1), atMost(100_000));

/**
 * The probability that |t| is below `x`, for an integer number of degrees of freedom, by its finite sum.
 *
 * @see Abramowitz and Stegun, Handbook of mathematical functions, 26.7.3 and 26.7.4
 */
function centralProbability(x: number, degrees: number): number {
  const angle = Math.atan(x / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const value = Math.sin(angle) * sum;
  return odd ? (2 / Math.PI) * (angle + value) : value;
}

/**
 * The value below which a share of Student's t distribution lies. Half an interval of a mean of `n` values is
 * `studentQuantile(0.975, n - 1) * deviation / sqrt(n)` for 95 %.
 *
 * @param probability - the share, in (0.5, 1)
 * @param degrees - degrees of freedom, an integer from 1 to 100,000
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * studentQuantile(0.975, 4); // 2.776
 * ```
 */
export function studentQuantile(probability: number, degrees: number): number {
  checkArgument('studentQuantile', 'probability', probabilityCheck, probability);
  checkArgument('studentQuantile', 'degrees', degreesCheck, degrees);
  let [low, high] = [0, 1e6];
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degrees) < 2 * probability - 1) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
