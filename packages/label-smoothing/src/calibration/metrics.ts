import type { Metric } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { classEntries } from '../cross-entropy/class-entries.ts';
import { checkFit, layOut } from '../cross-entropy/lay-out.ts';

const reading = { axis: -1, activation: 'softmax' } as const;

/**
 * Metric: the mean squared distance of the probabilities from the truth, `sum_k (p_k - labels_k)^2`, from 0 to 2.
 *
 * Logits `[…, K]`; labels `[…]` int32 or `[…, K]`. A mean over examples, so that it is exact over an epoch.
 *
 * @example
 * ```ts
 * brierScore().compute(tf.tensor1d([0], 'int32'), tf.tensor2d([[0, 0]])); // 0.5
 * ```
 * @see Brier, Verification of forecasts expressed in terms of probability, 1950
 */
export function brierScore(): Metric {
  return {
    name: 'brierScore',
    compute: (targets, outputs) =>
      tf.tidy(() => {
        const { labels, logits, sparse } = layOut(targets, outputs, reading);
        const shares = tf.softmax(logits);
        if (!sparse) return tf.mean(tf.sum(tf.squaredDifference(shares, labels), -1)) as tf.Scalar;
        const own = tf.gatherND(shares, classEntries(labels, logits.shape[1]!).positions);
        const others = tf.sub(tf.sum(tf.square(shares), -1), tf.square(own));
        return tf.mean(tf.add(others, tf.square(tf.sub(1, own)))) as tf.Scalar;
      }),
    check: fits('brierScore'),
  };
}

/**
 * Metric: the mean probability of the likeliest class. Above the accuracy where a classifier is too sure.
 *
 * @example
 * ```ts
 * confidence().compute(tf.tensor1d([0], 'int32'), tf.tensor2d([[0, 0]])); // 0.5
 * ```
 */
export function confidence(): Metric {
  return {
    name: 'confidence',
    compute: (_, outputs) =>
      tf.tidy(() => tf.mean(tf.max(tf.softmax(tf.cast(outputs, 'float32')), -1)) as tf.Scalar),
    check: fits('confidence'),
  };
}

const fits =
  (who: string): NonNullable<Metric['check']> =>
  ({ targetShape, targetType, outputShape }) =>
    void checkFit(who, { shape: targetShape, dtype: targetType }, { shape: outputShape }, reading);
