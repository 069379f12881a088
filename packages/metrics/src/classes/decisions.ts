import { CantripError } from '@cantrip/errors';
import type { TalliedBatch } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { flatPlaces } from '../flat-places.ts';

export interface Deciding {
  readonly multiLabel: boolean;
  readonly from: 'logits' | 'probabilities';
  readonly threshold: number;
  readonly ignoreIndex?: number | undefined;
}

/**
 * In the step: target, prediction and weight of each place, `[places, 3]`; with several labels `[places, units, 3]`. One
 * row more at the front holds the number of classes, because a batch may lack some, and 1 if they are no and yes.
 */
export function decisions(
  { multiLabel, from, threshold, ignoreIndex }: Deciding,
  targets: tf.Tensor,
  outputs: tf.Tensor,
  weights?: tf.Tensor,
): tf.Tensor {
  const { units, alone, size, flat, factors } = flatPlaces(
    { multiLabel, ignoreIndex },
    targets,
    outputs,
    weights,
  );
  const limit = from === 'logits' ? Math.log(threshold / (1 - threshold)) : threshold;
  const predicted = alone ? tf.greater(outputs, limit) : tf.argMax(outputs, -1);
  const predictions = tf.reshape(tf.cast(predicted, 'float32'), [size]);
  const labels = alone ? tf.cast(tf.greater(flat, 0.5), 'float32') : flat;
  const rows = tf.stack([labels, predictions, factors], -1);
  if (multiLabel) return tf.reshape(rows, [size / units, units, 3]);
  return tf.concat([tf.tensor2d([alone ? [2, 1, 0] : [units, 0, 0]]), rows as tf.Tensor2D]);
}

/** Receives one place that counts. */
export type OnDecision = (target: number, prediction: number, weight: number) => void;

/** On the host: the number of classes of a batch that is not of several labels. */
export const classCount = ({ values }: TalliedBatch): number => values[0]!;

/**
 * On the host: calls a function for each place that counts.
 *
 * @throws CantripError LABEL_OUT_OF_RANGE
 */
export function eachDecision(who: string, batch: TalliedBatch, receive: OnDecision): void {
  const { values } = batch;
  const classes = classCount(batch);
  for (let at = 3; at < values.length; at += 3) {
    const [target, weight] = [values[at]!, values[at + 2]!];
    if (weight === 0) continue;
    if (!(target >= 0 && target < classes)) throw outOfRange(who, target, classes);
    receive(target, values[at + 1]!, weight);
  }
}

function outOfRange(who: string, target: number, classes: number): CantripError {
  return new CantripError('LABEL_OUT_OF_RANGE', {
    who,
    what: `a target is class ${target}, but the model has ${classes} classes: 0 to ${classes - 1}`,
    fix: `Correct the labels, or write ${who}({ ignoreIndex: ${target} })`,
  });
}
