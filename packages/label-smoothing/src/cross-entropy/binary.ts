import * as tf from '@tensorflow/tfjs-core';
import { complement, type PerClass, product, total } from '../smoothing/per-class.ts';

/**
 * Binary cross-entropy of one logit and one target: `c t softplus(-z) + (1 - t) softplus(z)`, with c the weight of
 * positives. Each `softplus` is `max(±z, 0) + softplus(-|z|)`. Both terms are never negative, so no digits cancel at
 * any z.
 */
export function binaryLoss(logits: tf.Tensor, targets: PerClass, positive: PerClass): tf.Tensor {
  const tail = tf.softplus(tf.neg(tf.abs(logits)));
  const ifPositive = tf.add(tf.relu(tf.neg(logits)), tail);
  const ifNegative = tf.add(tf.relu(logits), tail);
  return tf.add(tf.mul(ifPositive, product(targets, positive)), tf.mul(ifNegative, complement(targets)));
}

/** The derivative with respect to the logit: `sigmoid(z) (1 - t + c t) - c t`. */
export function binaryLogitGradient(logits: tf.Tensor, targets: PerClass, positive: PerClass): tf.Tensor {
  const own = product(targets, positive);
  const mass = positive === 1 ? 1 : total(complement(targets), own);
  return tf.sub(product(tf.sigmoid(logits), mass), own);
}

/** The derivative with respect to the target: `c softplus(-z) - softplus(z)`, which is `-z` for c = 1. */
export function binaryTargetGradient(logits: tf.Tensor, positive: PerClass): tf.Tensor {
  if (positive === 1) return tf.neg(logits);
  const tail = tf.softplus(tf.neg(tf.abs(logits)));
  const ifPositive = tf.add(tf.relu(tf.neg(logits)), tail);
  return tf.sub(tf.mul(ifPositive, positive), tf.add(tf.relu(logits), tail));
}
