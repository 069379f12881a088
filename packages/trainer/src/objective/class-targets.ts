import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { ShapesToCheck } from './loss.ts';

/** Class indices are int32 and lack the outputs' last axis; anything else holds a number for each class. */
export function areIndices(targetShape: readonly number[], outputShape: readonly number[]): boolean {
  return targetShape.length === outputShape.length - 1;
}

/** Class indices as int32, or weights of the classes as float32, whatever type the targets came in. */
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
      what: `targets of shape [${targetShape.join(', ')}] are taken for class indices and must be int32, got ${targetType}`,
      fix: 'Give the labels as an Int32Array or Uint8Array, or one probability for each class',
    });
  }
  if (sameSizes(targetShape, outputShape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `targets of shape [${targetShape.join(', ')}] do not fit outputs of shape [${outputShape.join(', ')}]`,
    fix: `Give class indices of shape [${outputShape.slice(0, -1).join(', ')}], or make the model's last layer as wide as the targets`,
  });
}

/**
 * Checks that a softmax has classes to choose among, and class weights one for each.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function checkClassCount(who: string, { outputShape }: ShapesToCheck, weights?: number): void {
  const classes = outputShape.at(-1);
  if (classes === 1 || classes === undefined) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `a softmax over outputs of shape [${outputShape.join(', ')}] has one class, whose probability is always 1`,
      fix: 'Give the last layer a unit for each class, or take sigmoidCrossEntropy() for one unit that says yes or no',
    });
  }
  if (weights === undefined || weights === classes || classes === -1) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `classWeights has ${weights} numbers, but there are ${classes} classes`,
    fix: `Give ${classes} weights`,
  });
}

/** Equal shapes, where -1 stands for any size. */
export function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i] || size === -1 || b[i] === -1);
}

/** The last axis holds one unit. */
export const isOneUnit = (outputShape: readonly number[]): boolean => outputShape.at(-1) === 1;
