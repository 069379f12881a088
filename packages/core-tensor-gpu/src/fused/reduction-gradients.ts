import * as tf from '@tensorflow/tfjs-core';
import type { NativeGradient } from './native-gradient.ts';
import { nativeOp } from '../native/ops/native-op.ts';

/** The gradient of a sum: the output's gradient, repeated. tfjs-core multiplies it by a tensor of ones instead. */
export const sumGradient: NativeGradient = {
  gradFunc: (dy, [x], { axis }) => ({ x: () => repeat(dy, x!, axis as number | number[]) }),
};

/** The gradient of a mean, like {@link sumGradient}. It divides before repeating, when the tensor is small. */
export const meanGradient: NativeGradient = {
  gradFunc: (dy, [x], { axis }) => ({
    x: () => repeat(tf.div(dy, x!.size / dy.size), x!, axis as number | number[]),
  }),
};

function repeat(dy: tf.Tensor, { shape }: tf.Tensor, axis: number | number[]): tf.Tensor {
  const reduced = new Set(tf.util.parseAxisParam(axis, shape));
  const kept = shape.map((size, at) => (reduced.has(at) ? 1 : size));
  const fits = dy.size === 1 || tf.util.arraysEqual(dy.shape, kept);
  const inputs = [fits ? dy : tf.reshape(dy, kept), tf.tensor1d(shape, 'int32')];
  return nativeOp('BroadcastTo', inputs, { T: { type: 'float32' }, Tidx: { type: 'int32' } });
}
