/**
 * The standard normal distribution function, with an absolute error of 1e-15: `1/2 + phi(x) * (x + x^3/3 + x^5/(3 *
 * 5) + …)`.
 *
 * @see Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11(4), 2004
 */
export function normalCdf(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.91893853320467274178);
}

/** The inverse of {@link normalCdf}, in [-8, 8]. */
export function normalQuantile(probability: number): number {
  return bisect((x) => normalCdf(x) < probability, -8, 8);
}

/** Finds where `isBelow` changes from true to false. */
export function bisect(isBelow: (x: number) => boolean, low: number, high: number): number {
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
