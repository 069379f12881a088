import * as tf from '@tensorflow/tfjs-core';
import { compute, type StockCall } from './stock-backend.ts';

/** What TensorFlow gives for no numbers at all. */
const ofNone: Readonly<Record<string, number>> = {
  [tf.All]: 1,
  [tf.Any]: 0,
  [tf.Max]: -Infinity,
  [tf.Mean]: NaN,
  [tf.Min]: Infinity,
  [tf.Prod]: 1,
};

export const reductions: readonly string[] = Object.keys(ofNone);

/** A reduction over no numbers, for which wasm's stock kernels give what lies in memory, and cpu's 0. */
export function reduceNone(kernel: string, call: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const { x } = call.inputs as { x: tf.Tensor };
  if (tf.util.sizeFromShape(x.shape) > 0) return stock(call as never) as tf.TensorInfo;
  const { axis, reductionIndices, keepDims } = call.attrs;
  const axes = tf.util.parseAxisParam((axis ?? reductionIndices ?? null) as number[], x.shape);
  const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  const kept = keepDims === true ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape;
  return compute(call, [x], kept, (result) => result.fill(ofNone[kernel]!));
}
