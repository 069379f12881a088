import * as tf from '@tensorflow/tfjs-core';
import { ofNone } from '../stock/reduce-none.ts';
import type { StockCall } from '../stock/stock-backend.ts';

/** What a reduction of no numbers gives. The stock kernel of wasm and cpu is right for a sum. */
export const reductions: Readonly<Record<string, number>> = { ...ofNone, [tf.Sum]: 0 };

/**
 * A reduction over any axes. The stock kernels fail where there are no numbers. Where integers or truth values are
 * reduced over other axes than the last ones, they use a transposition that does not compile.
 */
export function reduce(call: StockCall, stock: tf.KernelFunc, ofNothing: number): tf.TensorInfo {
  const x = call.inputs['x'] as tf.Tensor;
  const { axis, keepDims } = call.attrs as unknown as tf.SumAttrs;
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const [outer] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(outer, axes) : outer;
  const order = tf.backend_util.getAxesPermutation(axes, x.rank);
  if (x.size === 0 && x.dtype !== 'complex64') return tf.fill(shape, ofNothing, x.dtype as 'float32');
  const run = (input: tf.Tensor, attrs: object): tf.TensorInfo =>
    stock({
      inputs: { x: input },
      attrs: attrs as tf.NamedAttrMap,
      backend: call.backend as object,
    }) as tf.TensorInfo;
  if (order === null || x.rank < 3 || x.dtype === 'float32') return run(x, call.attrs);
  return tf.tidy(() => {
    const inner = tf.backend_util.getInnerMostAxes(axes.length, x.rank);
    const { dataId, dtype } = run(tf.transpose(x, order), { axis: inner, keepDims: false });
    return tf.engine().makeTensorFromDataId(dataId, shape, dtype);
  });
}
