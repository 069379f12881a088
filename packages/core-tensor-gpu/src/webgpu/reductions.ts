import * as tf from '@tensorflow/tfjs-core';
import { ofNone } from '../stock/reduce-none.ts';
import type { StockCall } from '../stock/stock-backend.ts';
import { reduceIntegers, reducesIntegers } from './programs/integer-reductions.ts';
import { computedOnHost } from './programs/on-host.ts';

/** What a reduction of no numbers gives. The stock kernel of wasm and cpu is right for a sum. */
export const reductions: Readonly<Record<string, number>> = { ...ofNone, [tf.Sum]: 0 };

/**
 * A reduction over any axes. The stock kernels fail where there are no numbers. Where integers or truth values are
 * reduced over other axes than the last ones, they use a transposition that does not compile.
 */
export function reduce(
  kernelName: string,
  call: StockCall,
  stock: tf.KernelFunc,
  ofNothing: number,
): tf.TensorInfo {
  const x = call.inputs['x'] as tf.Tensor;
  const { axis, reductionIndices, keepDims } = call.attrs as unknown as tf.SumAttrs & Partial<tf.MaxAttrs>;
  const axes = tf.util.parseAxisParam(reductionIndices ?? axis, x.shape);
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
  if (x.dtype === 'int32' && reducesIntegers(kernelName))
    return tf.tidy(() => {
      const onHost = computedOnHost(call, stock as never) as tf.Tensor | undefined;
      if (onHost) return onHost;
      const last = order === null ? x : tf.transpose(x, order);
      const rows = tf.util.sizeFromShape(outer);
      const pair = tf.reshape(last, [rows, x.size / rows]) as tf.Tensor2D;
      return tf.reshape(reduceIntegers(kernelName, pair, call.backend), shape);
    });
  if (order === null || x.rank < 3 || x.dtype === 'float32') return run(x, call.attrs);
  return tf.tidy(() => {
    const inner = tf.backend_util.getInnerMostAxes(axes.length, x.rank);
    const { dataId, dtype } = run(tf.transpose(x, order), {
      axis: inner,
      reductionIndices: inner,
      keepDims: false,
    });
    return tf.engine().makeTensorFromDataId(dataId, shape, dtype);
  });
}
