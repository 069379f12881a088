import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { CantripError, parseOptions } from '@cantrip/errors';
import { sameSizes } from './class-targets.ts';
import type { ShapesToCheck } from './loss.ts';
import { alongside, measureAll, type Measured, quotient } from './measured.ts';
import type { Metric } from './metric.ts';

export interface BinaryAccuracyOptions {
  /** The kind of the outputs: `logits` or `probabilities`; `logits` by default. */
  readonly from?: 'logits' | 'probabilities';
  /** The answer is yes above this probability. Between 0 and 1; 0.5 by default. */
  readonly threshold?: number;
}

export const fromOption: v.OptionalSchema<
  v.PicklistSchema<['logits', 'probabilities'], undefined>,
  'logits'
> = v.optional(v.picklist(['logits', 'probabilities']), 'logits');

const binaryOptions = v.strictObject({
  from: fromOption,
  threshold: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.5),
});

/**
 * The share of correct answers if each unit answers yes or no on its own: one unit, or several labels.
 *
 * Outputs and targets have the same shape `[…]`. The answer is yes if the probability is above `threshold`. It is
 * correct if the target is above 0.5 in the same case.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * binaryAccuracy().compute(tf.tensor2d([[1, 0, 1]]), tf.tensor2d([[2, -1, -1]])); // 0.6667
 * ```
 */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): Metric {
  const name = 'binaryAccuracy';
  const parsed = parseOptions(name, binaryOptions, options);
  return { ...binaryShare(parsed), name, check: (shapes) => checkAnswers(name, shapes) };
}

/** The share of correct answers among those that count. */
export function binaryShare({
  from,
  threshold,
  ignoreIndex,
}: Required<BinaryAccuracyOptions> & { readonly ignoreIndex?: number | undefined }): Required<
  Pick<Metric, 'compute' | 'measure'>
> {
  const limit = from === 'logits' ? Math.log(threshold / (1 - threshold)) : threshold;
  const measure = (targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Measured => {
    const wanted = tf.cast(targets, 'float32');
    const right = tf.equal(tf.greater(outputs, limit), tf.greater(wanted, 0.5));
    const hits = tf.cast(right, 'float32');
    if (ignoreIndex === undefined) return measureAll(hits, weights);
    const counts = tf.cast(tf.notEqual(wanted, ignoreIndex), 'float32');
    return measureAll(hits, weights ? tf.mul(counts, alongside(weights, counts)) : counts);
  };
  return { measure, compute: (targets, outputs) => quotient(measure(targets, outputs)) };
}

/**
 * Checks that there is one target for each unit.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function checkAnswers(who: string, { targetShape, outputShape }: ShapesToCheck): void {
  if (sameSizes(targetShape, outputShape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `targets of shape [${targetShape.join(', ')}] do not match outputs of shape [${outputShape.join(', ')}], whose units answer yes or no`,
    fix: 'Use one number from 0 to 1 for each unit, in the shape of the outputs',
  });
}
