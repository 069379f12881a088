import { CantripError, checkArgument, tensorCheck } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';

/** The required shape and dtype of a tensor. */
export interface WantedTensor {
  /** -1 means any size. */
  readonly shape?: readonly number[];
  /** float32 by default. */
  readonly dtype?: 'float32' | 'int32';
}

/**
 * Checks that an argument is a tensor of a given shape and dtype. In a captured step, the check runs only during
 * recording.
 *
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 */
export function requireTensor(who: string, name: string, given: unknown, wanted: WantedTensor = {}): void {
  checkArgument(who, name, tensorCheck, given);
  const tensor = given as tf.Tensor;
  const { shape, dtype = 'float32' } = wanted;
  if (shape && !fits(tensor.shape, shape)) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `${name} must have ${inWords(shape)}, got shape [${tensor.shape.join(', ')}]`,
      fix: `Give ${name} this shape, e.g. with tf.reshape`,
    });
  }
  if (tensor.dtype === dtype) return;
  throw new CantripError('DTYPE_MISMATCH', {
    who,
    what: `${name} must be ${dtype}, got ${tensor.dtype}`,
    fix: `Convert it with tf.cast(${name}, '${dtype}')`,
  });
}

function fits(shape: readonly number[], wanted: readonly number[]): boolean {
  return shape.length === wanted.length && wanted.every((size, axis) => size === -1 || size === shape[axis]);
}

function inWords(shape: readonly number[]): string {
  if (shape.length === 0) return 'no axes (a scalar)';
  return shape.every((size) => size === -1)
    ? `${shape.length} ${shape.length === 1 ? 'axis' : 'axes'}`
    : `shape [${shape.map((size) => (size === -1 ? 'any' : size)).join(', ')}]`;
}
