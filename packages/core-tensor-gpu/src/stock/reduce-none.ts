import * as tf from '@tensorflow/tfjs-core';
import { compute, type StockCall } from './stock-backend.ts';

/** The results of TensorFlow for empty tensors. */
export const ofNone: Readonly<Record<string, number>> = {
  [tf.All]: 1,
  [tf.Any]: 0,
  [tf.Max]: -Infinity,
  [tf.Mean]: NaN,
  [tf.Min]: Infinity,
  [tf.Prod]: 1,
};

export const reductions: readonly string[] = Object.keys(ofNone);

/** A reduction over no values. The stock wasm kernels return old memory for it, and those of cpu return 0. */
export function reduceNone(kernel: string, call: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const { x } = call.inputs as { x: tf.Tensor };
  if (tf.util.sizeFromShape(x.shape) > 0) return stock(call as never) as tf.TensorInfo;
  const { axis, reductionIndices, keepDims } = call.attrs;
  const axes = tf.util.parseAxisParam((axis ?? reductionIndices ?? null) as number[], x.shape);
  const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  const kept = keepDims === true ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape;
  return compute(call, [x], kept, (result) => result.fill(ofNone[kernel]!));
}
