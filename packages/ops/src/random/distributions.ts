import { atLeast, atMost, type Check, checkArgument, integerIn, numberIn } from '@cantrip/errors';

/** The draws that other distributions are made of. */
interface Draws {
  readonly uniform: () => number;
  readonly normal: () => number;
}

/** Beyond these limits, float64 holds no right number. */
const shapeCheck: Check<number> = numberIn(atLeast(1e-30), atMost(1e12));

/** A number of the gamma distribution with this shape and scale 1. */
export function gammaFrom(draws: Draws, shape: number): number {
  checkArgument('RandomStream.gamma', 'shape', shapeCheck, shape);
  return Math.exp(logGamma(draws, shape));
}

/**
 * A number of the beta distribution: `x / (x + y)` for two numbers of gamma distributions. It is computed from their
 * logarithms, because both may be too small for a float64.
 */
export function betaFrom(draws: Draws, a: number, b: number): number {
  checkArgument('RandomStream.beta', 'a', shapeCheck, a);
  checkArgument('RandomStream.beta', 'b', shapeCheck, b);
  const x = logGamma(draws, a);
  return 1 / (1 + Math.exp(logGamma(draws, b) - x));
}

/**
 * The logarithm of a number of the gamma distribution. Candidates are drawn for `shape + 1`, where at least 95 % are
 * accepted, and multiplied by `u^(1 / shape)`.
 */
function logGamma({ uniform, normal }: Draws, shape: number): number {
  const d = shape + 2 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    const u = uniform();
    if (v <= 0 || Math.log(u) >= (x * x) / 2 + d * (1 - v + Math.log(v))) continue;
    // Half a step above, so it is never 0.
    return Math.log(d * v) + Math.log(uniform() + 2 ** -53) / shape;
  }
}

const size = integerIn(atLeast(1), atMost(2 ** 31 - 1));

/**
 * A random order of `0 … n - 1`: the indices of `n` random keys in descending order. A key has 46 bits, the 23 of
 * `upper` above the 23 of `lower`. For equal keys, the lower index comes first.
 *
 * @param keys - returns the next `n` numbers of 23 bits; they begin with a block of their own
 */
export function permutationFrom(keys: (n: number) => Float64Array, n: number): Int32Array {
  checkArgument('RandomStream.permutation', 'n', size, n);
  const lower = keys(n);
  const key = keys(n).map((upper, index) => upper * 2 ** 23 + lower[index]!);
  return Int32Array.from(key.keys()).sort((one, other) => key[other]! - key[one]! || one - other);
}
