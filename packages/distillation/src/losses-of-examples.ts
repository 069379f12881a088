import { softmaxCrossEntropyWithLogits } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';

/** The divergence of the student's probabilities from the teacher's, times the temperature squared: `[…]`. */
export function softLosses(student: tf.Tensor, teacher: tf.Tensor, temperature: number): tf.Tensor {
  const wanted = tf.logSoftmax(tf.div(teacher, temperature));
  const got = tf.logSoftmax(tf.div(student, temperature));
  const probabilities = tf.exp(wanted);
  const terms = tf.mul(probabilities, tf.sub(wanted, got));
  // A class that is masked by a logit of -Infinity has probability 0, and 0 * Infinity would be NaN.
  const counted = tf.where(tf.greater(probabilities, 0), terms, tf.zerosLike(terms));
  return tf.mul(tf.sum(counted, -1), temperature ** 2);
}

/** The cross-entropy of the student and the class that the teacher ranks first: `[…]`. */
export function hardLosses(student: tf.Tensor, teacher: tf.Tensor): tf.Tensor {
  return softmaxCrossEntropyWithLogits(student, tf.argMax(teacher, -1));
}
