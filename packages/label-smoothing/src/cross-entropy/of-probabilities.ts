import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../option-schemas.ts';
import type { Rows } from './lay-out.ts';

/** Below it, float32 has no probability with all its digits; its reciprocal is finite. */
const least = 1.2e-38;
/** The distance of 1 from the greatest float32 below it. */
const leastBelowOne = 2 ** -24;

/** Rows whose outputs are probabilities, with logits in their place. */
export function ofProbabilities(rows: Rows, activation: Activation): Rows {
  return { ...rows, logits: logitsOf(rows.logits, activation) };
}

/**
 * Logits of which a softmax or a sigmoid makes these probabilities: `log p`, or `log p - log(1 - p)`.
 *
 * A softmax of `log p` divides `p` by its sum. Probabilities of 0 and 1 become the closest ones that have a logit.
 */
function logitsOf(probabilities: tf.Tensor, activation: Activation): tf.Tensor {
  const log = tf.log(tf.maximum(probabilities, least));
  if (activation === 'softmax') return log;
  return tf.sub(log, tf.log(tf.maximum(tf.sub(1, probabilities), leastBelowOne)));
}
