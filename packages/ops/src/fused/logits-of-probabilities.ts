import { checkArgument, oneOf, tensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

const activationCheck = oneOf('softmax', 'sigmoid');

/** Below it, float32 has no probability with all its digits; its reciprocal is finite. */
const least = 1.2e-38;
/** The distance of 1 from the greatest float32 below it. */
const leastBelowOne = 2 ** -24;

/**
 * Logits of which a softmax or a sigmoid makes these probabilities: `log p`, or `log p - log(1 - p)`.
 *
 * A softmax of `log p` divides `p` by its sum. Probabilities of 0 and 1 become the closest ones that have a logit.
 *
 * @example
 * ```ts
 * logitsOfProbabilities(tf.tensor1d([0.5]), 'sigmoid'); // [0]
 * ```
 */
export function logitsOfProbabilities(
  probabilities: tf.Tensor,
  activation: 'softmax' | 'sigmoid',
): tf.Tensor {
  checkArgument('logitsOfProbabilities', 'probabilities', tensorCheck, probabilities);
  checkArgument('logitsOfProbabilities', 'activation', activationCheck, activation);
  const log = tf.log(tf.maximum(probabilities, least));
  if (activation === 'softmax') return log;
  return tf.sub(log, tf.log(tf.maximum(tf.sub(1, probabilities), leastBelowOne)));
}
