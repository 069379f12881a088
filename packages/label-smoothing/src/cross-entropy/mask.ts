import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { CheckedOptions } from './cross-entropy-schema.ts';
import type { Rows } from './lay-out.ts';
import type { Counting } from './reduce.ts';
import { withoutGradient } from './without-gradient.ts';

/**
 * Which losses count, according to `ignoreIndex` and `mask`, in a shape that matches the losses.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function countingOf(
  rows: Rows,
  options: Pick<CheckedOptions, 'ignoreIndex' | 'mask' | 'activation'>,
): Counting {
  const { ignoreIndex, mask, activation } = options;
  const ofIndex =
    ignoreIndex === undefined || (activation === 'softmax' && !rows.sparse)
      ? undefined
      : fitted(different(rows.labels, ignoreIndex), activation);
  const ofMask = mask === undefined ? undefined : inRows(mask, rows, activation);
  const isBool = ofMask?.dtype === 'bool';
  return {
    counted: isBool && ofIndex ? tf.logicalAnd(ofMask, ofIndex) : isBool ? ofMask : ofIndex,
    factors: ofMask === undefined || isBool ? undefined : tf.cast(ofMask, 'float32'),
  };
}

function inRows(mask: tf.Tensor, rows: Rows, activation: CheckedOptions['activation']): tf.Tensor {
  if (tf.util.arraysEqual(mask.shape, [...rows.shape])) return fitted(tf.reshape(mask, [-1]), activation);
  const elements = tf.util.arraysEqual(mask.shape, [...rows.elementShape]);
  if (elements && activation === 'sigmoid') return rows.asElements(mask);
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'crossEntropy',
    what: `mask of shape [${mask.shape.join(', ')}] must have the shape [${rows.shape.join(', ')}]`,
    fix: `Reshape mask to [${rows.shape.join(', ')}]`,
  });
}

/**
 * Expands weights of examples, or of positions in them, to one weight for each row. Other shapes are returned
 * unchanged; the later check reports them.
 */
export function placesOf(weights: tf.Tensor, outputs: tf.Tensor, axis: number): tf.Tensor {
  const at = axis < 0 ? outputs.rank + axis : axis;
  const places = outputs.shape.filter((_, index) => index !== at);
  const begins = weights.rank < places.length && weights.shape.every((size, index) => size === places[index]);
  if (!begins) return weights;
  const missing = Array<number>(places.length - weights.rank).fill(1);
  return tf.mul(tf.reshape(weights, [...weights.shape, ...missing]), tf.ones(places));
}

/** For a sigmoid, one number a row must broadcast over the elements. */
const fitted = (values: tf.Tensor, activation: CheckedOptions['activation']): tf.Tensor =>
  activation === 'sigmoid' && values.rank === 1 ? tf.expandDims(values, 1) : values;

const different = (labels: tf.Tensor, value: number): tf.Tensor =>
  withoutGradient(labels, (given) => tf.notEqual(given, tf.scalar(value, given.dtype)));
