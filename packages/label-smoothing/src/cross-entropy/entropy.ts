import * as tf from '@tensorflow/tfjs-core';

/** Smaller than the logarithm of every float. Its product with the probability 0 is 0; -Infinity would give NaN. */
const LOWEST = -1e30;

/** Entropy in nats of `softmax(logits)`, for each row of `[N, K]`; gradient `-p (log p + entropy)`. */
export function softmaxEntropy(logits: tf.Tensor): tf.Tensor {
  return tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    const entropy = entropyOf(tf.maximum(tf.logSoftmax(given), LOWEST));
    (save as tf.GradSaveFunc)([given, entropy]);
    return {
      value: entropy,
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [logits, entropy] = saved as [tf.Tensor, tf.Tensor];
        const log = tf.maximum(tf.logSoftmax(logits), LOWEST);
        const slope = tf.mul(tf.exp(log), tf.add(log, tf.expandDims(entropy, 1)));
        return [tf.mul(slope, tf.expandDims(tf.neg(upstream), 1))];
      },
    };
  })(logits);
}

const entropyOf = (log: tf.Tensor): tf.Tensor => tf.neg(tf.sum(tf.mul(tf.exp(log), log), -1));

/** Entropy in nats of each element's `sigmoid(logit)`: `softplus(-|z|) + |z| sigmoid(-|z|)`; gradient `-z p (1 - p)`. */
export function sigmoidEntropy(logits: tf.Tensor): tf.Tensor {
  return tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    (save as tf.GradSaveFunc)([given]);
    const size = tf.abs(given);
    const away = tf.neg(size);
    return {
      value: tf.add(tf.softplus(away), tf.mul(size, tf.sigmoid(away))),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const logits = saved[0]!;
        const variance = tf.mul(tf.sigmoid(logits), tf.sigmoid(tf.neg(logits)));
        return [tf.mul(tf.mul(tf.neg(logits), variance), upstream)];
      },
    };
  })(logits);
}
