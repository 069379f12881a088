import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { ShapesToCheck } from './loss.ts';

/**
 * Whether targets are class indices: they lack the last axis of the outputs. Other targets have one number for each
 * class.
 */
export function areIndices(targetShape: readonly number[], outputShape: readonly number[]): boolean {
  return targetShape.length === outputShape.length - 1;
}

/** Casts class indices to int32, or class probabilities to float32. */
export function classTargets(targets: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  return tf.cast(targets, areIndices(targets.shape, outputs.shape) ? 'int32' : 'float32');
}

/**
 * Checks that targets are class indices or class probabilities for these outputs.
 *
 * @throws CantripError SHAPE_MISMATCH, or DTYPE_MISMATCH for class indices that are floats
 */
export function checkClassTargets(
  who: string,
  { targetShape, targetType, outputShape }: ShapesToCheck,
): void {
  if (areIndices(targetShape, outputShape) && sameSizes(targetShape, outputShape.slice(0, -1))) {
    if (targetType === 'int32') return;
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `targets of shape [${targetShape.join(', ')}] are class indices and must be int32, got ${targetType}`,
      fix: 'Pass the labels as an Int32Array or Uint8Array, or one probability for each class',
    });
  }
  if (sameSizes(targetShape, outputShape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `targets of shape [${targetShape.join(', ')}] do not match outputs of shape [${outputShape.join(', ')}]`,
    fix: `Use class indices of shape [${outputShape.slice(0, -1).join(', ')}], or give the model's last layer as many units as the targets have classes`,
  });
}

/**
 * Checks that a softmax has at least two classes, and that there is one class weight for each class.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function checkClassCount(who: string, { outputShape }: ShapesToCheck, weights?: number): void {
  const classes = outputShape.at(-1);
  if (classes === 1 || classes === undefined) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `a softmax over outputs of shape [${outputShape.join(', ')}] has only one class, whose probability is always 1`,
      fix: 'Use one unit for each class in the last layer, or sigmoidCrossEntropy() for one unit that answers yes or no',
    });
  }
  if (weights === undefined || weights === classes || classes === -1) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `classWeights must have ${classes} numbers, one for each class, got ${weights}`,
    fix: `Set classWeights to ${classes} numbers`,
  });
}

/** Whether two shapes are equal; -1 matches any size. */
export function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i] || size === -1 || b[i] === -1);
}

/** Whether the last axis has one unit. */
export const isOneUnit = (outputShape: readonly number[]): boolean => outputShape.at(-1) === 1;
