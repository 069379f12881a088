import * as tf from '@tensorflow/tfjs-core';
import { atLeast, atMost, type Check, checkArgument, integerIn, numberIn } from '@cantrip/errors';

/** The draws that other distributions are made of. */
interface Draws {
  uniform(shape: readonly number[]): tf.Tensor;
  normal(shape: readonly number[]): tf.Tensor;
}

/** Candidates for each number. At least 95.1 % are accepted, so all are refused with probability 0.049^8. */
const candidates = 8;

/** Beyond these limits, float32 holds no right number. */
const shapeCheck: Check<number> = numberIn(atLeast(1e-30), atMost(1e5));

/** Numbers of the gamma distribution with scale 1. */
export function gammaTensor(draws: Draws, shape: readonly number[], alpha: number | tf.Scalar): tf.Tensor {
  checkShape('random.gamma', 'alpha', alpha);
  return tf.exp(logGamma(draws, shape, alpha));
}

/** Numbers of the beta distribution, from the logarithms of two gamma numbers. */
export function betaTensor(
  draws: Draws,
  shape: readonly number[],
  a: number | tf.Scalar,
  b: number | tf.Scalar,
): tf.Tensor {
  checkShape('random.beta', 'a', a);
  checkShape('random.beta', 'b', b);
  const x = logGamma(draws, shape, a);
  return tf.sigmoid(tf.sub(x, logGamma(draws, shape, b)));
}

function checkShape(who: string, name: string, value: number | tf.Scalar): void {
  if (!(value instanceof tf.Tensor)) checkArgument(who, name, shapeCheck, value);
}

/**
 * The logarithm of gamma numbers (Marsaglia and Tsang 2000): the first accepted of eight candidates for `alpha + 1`,
 * times `u^(1 / alpha)`. Where none is accepted it is the median, `d`.
 */
function logGamma(draws: Draws, shape: readonly number[], alpha: number | tf.Scalar): tf.Tensor {
  const d = tf.add(alpha, 2 / 3);
  const x = draws.normal([candidates, ...shape]);
  const u = openUniform(draws, [candidates, ...shape]);
  const root = tf.add(1, tf.div(x, tf.sqrt(tf.mul(9, d))));
  // The logarithm of a number that is not positive is not computed, because devices differ there.
  const isPositive = tf.greater(root, 0);
  const logV = tf.mul(3, tf.log(tf.where(isPositive, root, tf.onesLike(root))));
  const limit = tf.add(tf.div(tf.square(x), 2), tf.mul(d, tf.add(tf.sub(1, tf.exp(logV)), logV)));
  const accepted = tf.logicalAnd(isPositive, tf.less(tf.log(u), limit));
  const [logs, picks] = [tf.unstack(logV), tf.unstack(accepted)];
  const first = logs.reduceRight((later, log, at) => tf.where(picks[at]!, log, later), tf.zeros([...shape]));
  const factor = tf.div(tf.log(openUniform(draws, shape)), alpha);
  return tf.add(tf.add(tf.log(d), first), factor);
}

/** Uniform numbers in (0, 1): half a step of 2^-23 above those in [0, 1). */
const openUniform = (draws: Draws, shape: readonly number[]): tf.Tensor =>
  tf.add(draws.uniform(shape), 2 ** -24);

const size = integerIn(atLeast(1), atMost(2 ** 31 - 1));

/**
 * A random order of `0 … n - 1`: the indices of `n` random keys of 46 bits in descending order, by two stable sorts.
 * It equals the permutation of a host stream at the same place.
 */
export function permutationTensor({ uniform }: Pick<Draws, 'uniform'>, n: number): tf.Tensor1D {
  checkArgument('random.permutation', 'n', size, n);
  const lower = uniform([n]);
  const upper = uniform([n]);
  const byLower = descending(lower);
  return tf.gather(byLower, descending(tf.gather(upper, byLower)));
}

/** The indices of numbers in descending order. Of equal ones, the lower index comes first. */
const descending = (numbers: tf.Tensor): tf.Tensor1D =>
  tf.topk(numbers, numbers.size, true).indices as tf.Tensor1D;
