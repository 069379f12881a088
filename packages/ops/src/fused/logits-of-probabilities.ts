import { checkArgument, oneOf, floatTensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

const activationCheck = oneOf('softmax', 'sigmoid');

/** float32 stores smaller probabilities with fewer digits. The reciprocal of this one is finite. */
const least = 1.2e-38;
/** The distance from 1 to the largest float32 below 1. */
const leastBelowOne = 2 ** -24;

/**
 * Computes logits from probabilities: `log p` for a softmax, `log p - log(1 - p)` for a sigmoid.
 *
 * A softmax of `log p` divides `p` by its sum. Probabilities of 0 and 1 become the closest probabilities that have a
 * finite logit.
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
  checkArgument('logitsOfProbabilities', 'probabilities', floatTensorCheck, probabilities);
  checkArgument('logitsOfProbabilities', 'activation', activationCheck, activation);
  const log = tf.log(tf.maximum(probabilities, least));
  if (activation === 'softmax') return log;
  return tf.sub(log, tf.log(tf.maximum(tf.sub(1, probabilities), leastBelowOne)));
}
