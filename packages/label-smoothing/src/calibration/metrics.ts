import { parseOptions } from '@cantrip/errors';
import type { ClassMetricOptions, Metric } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { classEntries } from '../cross-entropy/class-entries.ts';
import { checkFit, layOut, type Rows } from '../cross-entropy/lay-out.ts';
import { countingOf, placesOf } from '../cross-entropy/mask.ts';
import { ignoreIndexSchema } from '../smoothing/option-schemas.ts';
import { countOf, masked, type Measured, quotient } from '../cross-entropy/reduce.ts';

const reading = { axis: -1, activation: 'softmax' } as const;

const optionsSchema = v.strictObject({ ignoreIndex: v.optional(ignoreIndexSchema) });

/**
 * Metric: the mean squared distance between probabilities and labels, `sum_k (p_k - labels_k)^2`, from 0 to 2.
 *
 * Takes logits `[…, K]` and labels `[…]` (int32) or `[…, K]`. It is a mean over examples, so its value over an epoch
 * is exact.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * brierScore().compute(tf.tensor1d([0], 'int32'), tf.tensor2d([[0, 0]])); // 0.5
 * ```
 * @see Brier, Verification of forecasts expressed in terms of probability, 1950
 */
export function brierScore(options: ClassMetricOptions = {}): Metric {
  return meanOfRows('brierScore', options, ({ labels, logits, sparse }) => {
    const shares = tf.softmax(logits);
    if (!sparse) return tf.sum(tf.squaredDifference(shares, labels), -1);
    const own = tf.gatherND(shares, classEntries(labels, logits.shape[1]!).positions);
    const others = tf.sub(tf.sum(tf.square(shares), -1), tf.square(own));
    return tf.add(others, tf.square(tf.sub(1, own)));
  });
}

/**
 * Metric: the mean probability of the most likely class. If it is above the accuracy, the classifier is
 * overconfident.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * confidence().compute(tf.tensor1d([0], 'int32'), tf.tensor2d([[0, 0]])); // 0.5
 * ```
 */
export function confidence(options: ClassMetricOptions = {}): Metric {
  return meanOfRows('confidence', options, ({ logits }) => tf.max(tf.softmax(logits), -1));
}

function meanOfRows(name: string, options: ClassMetricOptions, valuesOf: (rows: Rows) => tf.Tensor): Metric {
  const { ignoreIndex } = parseOptions(name, optionsSchema, options);
  const measure = (targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Measured =>
    tf.tidy(() => {
      const rows = layOut(targets, outputs, reading);
      const mask = weights && placesOf(weights, outputs, reading.axis);
      const counting = countingOf(rows, { ...reading, ignoreIndex, mask });
      const values = masked(valuesOf(rows), counting);
      const measured = { sum: tf.sum(values), weight: countOf(values, counting, 1) };
      return measured as Measured & tf.TensorContainerObject;
    });
  return {
    name,
    ignoreIndex,
    measure,
    compute: (targets, outputs) => tf.tidy(() => quotient(measure(targets, outputs))),
    check({ targetShape, targetType, outputShape }) {
      checkFit(name, { shape: targetShape, dtype: targetType }, { shape: outputShape }, reading);
    },
  };
}
