import * as tf from '@tensorflow/tfjs-core';
import { unbroadcast } from '../gradients/tape/unbroadcast.ts';
import type { NativeGradient } from './native-gradient.ts';
import { nativeOp } from '../native/ops/native-op.ts';

/** The gradient of an addition: a bias by its own op, and nothing at all to do for equal shapes. */
export const addGradient: NativeGradient = {
  gradFunc: (dy, [a, b]) => ({ a: () => sumToShape(dy, a!.shape), b: () => sumToShape(dy, b!.shape) }),
};

export const subGradient: NativeGradient = {
  gradFunc: (dy, [a, b]) => ({
    a: () => sumToShape(dy, a!.shape),
    b: () => tf.neg(sumToShape(dy, b!.shape)),
  }),
};

/** Adds up what flows back to a tensor of this shape, which was broadcast. */
export function sumToShape(dy: tf.Tensor, shape: number[]): tf.Tensor {
  // A clone, because tfjs-core disposes of a gradient once it has added another to it.
  if (tf.util.arraysEqual(dy.shape, shape)) return tf.clone(dy);
  if (!isBias(dy.shape, shape) || dy.size === 0) return unbroadcast(dy, shape);
  const sum = nativeOp('BiasAddGrad', [dy], { T: { type: 'float32' }, data_format: { text: 'NHWC' } });
  return tf.reshape(sum, shape);
}

/** One number for each place along the last axis: `[C]` or `[1, 1, 1, C]`. */
export function isBias(from: readonly number[], to: readonly number[]): boolean {
  const channels = from.at(-1);
  return from.length >= 2 && to.at(-1) === channels && to.slice(0, -1).every((size) => size === 1);
}
