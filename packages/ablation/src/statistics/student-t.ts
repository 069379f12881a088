import { bisect } from './normal.ts';

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

/** The value below which a share `probability` >= 1/2 of Student's t distribution lies; degrees 1, 2, … */
export function studentQuantile(probability: number, degrees: number): number {
  return bisect((x) => centralProbability(x, degrees) < 2 * probability - 1, 0, 1e6);
}
