import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../stock/stock-backend.ts';

type Step = (x: tf.Tensor, axis: number) => tf.Tensor;

/** The stock program of `pad` for more than four axes does not compile. So this goes axis by axis. */
function axisByAxis(x: tf.Tensor, shape: readonly number[], step: Step): tf.TensorInfo {
  return tf.tidy(() => {
    let y = x;
    for (const [axis, size] of shape.entries()) {
      const [before, after] = [y.shape.slice(0, axis), y.shape.slice(axis + 1)];
      const three = [tf.util.sizeFromShape(before), y.shape[axis]!, tf.util.sizeFromShape(after)];
      y = tf.reshape(step(tf.reshape(y, three), axis), [...before, size, ...after]);
    }
    return tf.reshape(y, [...shape]);
  });
}

/** `pad` for any number of axes. */
export function padAxes(call: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const x = call.inputs['x'] as tf.Tensor;
  const { paddings, constantValue } = call.attrs as unknown as tf.PadV2Attrs;
  if (x.rank < 5) return stock(call as never) as tf.TensorInfo;
  const shape = x.shape.map((size, axis) => size + paddings[axis]![0] + paddings[axis]![1]);
  return axisByAxis(x, shape, (y, axis) => tf.pad(y, [[0, 0], paddings[axis]!, [0, 0]], constantValue));
}
