import * as tf from '@tensorflow/tfjs-core';
import { withTargetGradient } from './with-target-gradient.ts';

/**
 * Cross-entropy of logits `[N, K]` with targets `[N, K]`, for each row: `-sum_k targets_k log_softmax(logits)_k`.
 *
 * Gradients: `softmax * sum(targets) - targets` for the logits, `-log_softmax` for the targets.
 */
export function softmaxOfTargets(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const rows = tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    (save as tf.GradSaveFunc)([given, targets]);
    return {
      value: tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(given)), -1)),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [logits, targets] = saved as [tf.Tensor, tf.Tensor];
        const towards = tf.mul(tf.softmax(logits), tf.sum(targets, -1, true));
        return [tf.mul(tf.sub(towards, targets), tf.expandDims(upstream, 1))];
      },
    };
  })(logits);
  return withTargetGradient(rows, targets, [logits], (upstream, [logits]) =>
    tf.mul(tf.neg(tf.logSoftmax(logits!)), tf.expandDims(upstream, 1)),
  );
}
