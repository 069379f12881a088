import * as tf from '@tensorflow/tfjs-core';
import { unbroadcast } from '../gradients/tape/unbroadcast.ts';
import type { NativeGradient } from './native-gradient.ts';
import { nativeOp } from '../native/ops/native-op.ts';

/** The gradient of an addition. A bias uses its own op. Equal shapes need no op. */
export const addGradient: NativeGradient = {
  gradFunc: (dy, [a, b]) => ({ a: () => sumToShape(dy, a!.shape), b: () => sumToShape(dy, b!.shape) }),
};

export const subGradient: NativeGradient = {
  gradFunc: (dy, [a, b]) => ({
    a: () => sumToShape(dy, a!.shape),
    b: () => tf.neg(sumToShape(dy, b!.shape)),
  }),
};

/** Sums a gradient to the shape of the tensor that was broadcast. */
export function sumToShape(dy: tf.Tensor, shape: number[]): tf.Tensor {
  // A clone, because tfjs-core disposes a gradient after adding another one to it.
  if (tf.util.arraysEqual(dy.shape, shape)) return tf.clone(dy);
  if (!isBias(dy.shape, shape) || dy.size === 0) return unbroadcast(dy, shape);
  // TensorFlow would fuse it with the filter's gradient of the same `dy`. oneDNN then sums five times more slowly.
  const rows = dy.rank === 2 ? dy : tf.reshape(dy, [-1, dy.shape.at(-1)!]);
  const sum = nativeOp('BiasAddGrad', [rows], { T: { type: 'float32' }, data_format: { text: 'NHWC' } });
  return tf.reshape(sum, shape);
}

/** Whether the shape has one number per position of the last axis: `[C]` or `[1, 1, 1, C]`. */
export function isBias(from: readonly number[], to: readonly number[]): boolean {
  const channels = from.at(-1);
  return from.length >= 2 && to.at(-1) === channels && to.slice(0, -1).every((size) => size === 1);
}
