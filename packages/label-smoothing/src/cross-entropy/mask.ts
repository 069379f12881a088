import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { CheckedOptions } from './cross-entropy-schema.ts';
import type { Rows } from './lay-out.ts';
import type { Counting } from './reduce.ts';
import { withoutGradient } from './without-gradient.ts';

/**
 * Which losses count, by `ignoreIndex` and by `mask`, in a shape that fits them.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function countingOf(rows: Rows, options: CheckedOptions): Counting {
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
    what: `mask of shape [${mask.shape.join(', ')}] does not fit rows of shape [${rows.shape.join(', ')}]`,
    fix: `Give it the shape [${rows.shape.join(', ')}]`,
  });
}

/** One number a row stands beside the elements of a sigmoid. */
const fitted = (values: tf.Tensor, activation: CheckedOptions['activation']): tf.Tensor =>
  activation === 'sigmoid' && values.rank === 1 ? tf.expandDims(values, 1) : values;

const different = (labels: tf.Tensor, value: number): tf.Tensor =>
  withoutGradient(labels, (given) => tf.notEqual(given, tf.scalar(value, given.dtype)));
