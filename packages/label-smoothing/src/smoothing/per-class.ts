import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from './option-checks.ts';

/** A number for all classes, a scalar tensor, or a tensor `[K]`. */
export type PerClass = number | tf.Tensor;

/**
 * Converts a number for all classes, or one for each class, to an input of tensor ops.
 *
 * @throws CantripError SHAPE_MISMATCH if there are several numbers, but not one for each class
 */
export function ofEachClass(
  option: string,
  value: number | readonly number[] | tf.Tensor,
  classes: number,
): PerClass {
  if (typeof value === 'number') return value;
  const size = value instanceof tf.Tensor ? (value.shape[0] ?? classes) : value.length;
  if (size === classes) return value instanceof tf.Tensor ? value : tf.tensor1d([...value]);
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'label-smoothing',
    what: `${option} has ${size} numbers, but there are ${classes} classes`,
    fix: `Give one number for all classes, or ${classes} numbers`,
  });
}

/**
 * The distribution to smooth towards: the given one, or the uniform one.
 *
 * @throws CantripError OPTION_INVALID if the prior of a softmax does not sum to 1; SHAPE_MISMATCH
 */
export function priorOf(
  prior: number | readonly number[] | undefined,
  activation: Activation,
  classes: number,
): PerClass {
  if (prior === undefined) return activation === 'sigmoid' ? 0.5 : 1 / classes;
  const towards = ofEachClass('prior', prior, classes);
  const sum = typeof prior === 'number' ? prior * classes : prior.reduce((total, share) => total + share, 0);
  if (activation === 'sigmoid' || Math.abs(sum - 1) < 1e-3) return towards;
  throw new CantripError('OPTION_INVALID', {
    who: 'label-smoothing',
    what: `prior must sum to 1 over the classes, got ${sum}`,
    fix: 'Divide prior by its sum',
  });
}

/** `1 - share` */
export const complement = (share: PerClass): PerClass =>
  typeof share === 'number' ? 1 - share : tf.sub(1, share);

/** The product of two. Two numbers give a number, without a tensor op. */
export function product(a: PerClass, b: PerClass): PerClass {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 1) return b;
  return b === 1 ? a : tf.mul(a, b);
}

/** The sum of two. Two numbers give a number, without a tensor op. */
export function total(a: PerClass, b: PerClass): PerClass {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a === 0) return b;
  return b === 0 ? a : tf.add(a, b);
}
