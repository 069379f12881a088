import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../smoothing/option-checks.ts';

/** Labels and logits of any rank, reshaped to rows. */
export interface Rows {
  /** `[N, K]` */
  readonly logits: tf.Tensor;
  /** int32 `[N]`, or float32 `[N, K]` */
  readonly labels: tf.Tensor;
  readonly sparse: boolean;
  /** The shape of the logits without the class axis, that is, of one number for each row. */
  readonly shape: readonly number[];
  /** The original shape of the logits. */
  readonly elementShape: readonly number[];
  /** Reshapes a tensor with the logits' shape to `[N, K]`. */
  asElements(tensor: tf.Tensor): tf.Tensor;
  /** Reshapes `[N, K]` back to the logits' shape. */
  elementsBack(elements: tf.Tensor): tf.Tensor;
}

interface Described {
  readonly shape: readonly number[];
  readonly dtype: string;
}

interface Reading {
  readonly axis: number;
  readonly activation: Activation;
}

/**
 * Labels and logits of any rank, reshaped to rows.
 *
 * @throws CantripError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function layOut(labels: tf.Tensor, logits: tf.Tensor, reading: Reading): Rows {
  const { at, shape, sparse } = checkFit('crossEntropy', labels, logits, reading);
  const classes = logits.shape[at] ?? 1;
  const isLast = at >= logits.rank - 1;
  const order = [...shape.keys()].map((index) => (index < at ? index : index + 1)).concat(at);
  const asElements = (tensor: tf.Tensor): tf.Tensor =>
    tf.reshape(isLast ? tensor : tf.transpose(tensor, order), [-1, classes]);
  return {
    logits: asElements(tf.cast(logits, 'float32')),
    labels: sparse ? tf.reshape(labels, [-1]) : asElements(tf.cast(labels, 'float32')),
    sparse,
    shape,
    elementShape: logits.shape,
    asElements,
    elementsBack(elements) {
      if (isLast) return tf.reshape(elements, logits.shape);
      const back = order.map((_, index) => order.indexOf(index));
      return tf.transpose(tf.reshape(elements, [...shape, classes]), back);
    },
  };
}

/** How labels match logits. */
interface LabelLayout {
  /** The class axis, from 0. */
  readonly at: number;
  /** The logits' shape without the class axis. */
  readonly shape: readonly number[];
  readonly sparse: boolean;
}

/**
 * Checks that labels match logits: class indices, or a number for each class. A size of -1 matches any size.
 *
 * @throws CantripError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function checkFit(
  who: string,
  labels: Described,
  logits: Pick<Described, 'shape'>,
  { axis, activation }: Reading,
): LabelLayout {
  const rank = logits.shape.length;
  const at = axis < 0 ? rank + axis : axis;
  const classes = logits.shape[at] ?? 0;
  if (classes < 2 && (activation === 'softmax' || (classes === 0 && rank > 0))) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `logits of shape [${logits.shape.join(', ')}] have no axis ${axis} of at least 2 classes`,
      fix: "Pass logits of shape […, K], set axis to the class axis, or set activation: 'sigmoid'",
    });
  }
  const shape = logits.shape.filter((_, index) => index !== at);
  if (sameSizes(labels.shape, logits.shape)) return { at, shape, sparse: false };
  if (!sameSizes(labels.shape, shape)) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `labels of shape [${labels.shape.join(', ')}] do not fit logits of shape [${logits.shape.join(', ')}]`,
      fix: `Give class indices of shape [${shape.join(', ')}], or a probability for each class`,
    });
  }
  if (classes === 1) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `labels of shape [${labels.shape.join(', ')}] are class indices, but the logits have only one class`,
      fix: `Pass labels of 0 or 1 in the shape of the logits, [${logits.shape.join(', ')}]`,
    });
  }
  if (labels.dtype === 'int32') return { at, shape, sparse: true };
  throw new CantripError('DTYPE_MISMATCH', {
    who,
    what: `labels of shape [${labels.shape.join(', ')}] are class indices and must be int32, got ${labels.dtype}`,
    fix: 'Give the labels as an Int32Array or Uint8Array, or a probability for each class',
  });
}

const sameSizes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i] || size === -1 || b[i] === -1);
