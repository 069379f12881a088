import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from './stock-backend.ts';

/** A product of stacks of matrices that broadcast in several axes. The stock kernel returns only a part of it. */
export function broadcastMatMul({ inputs, attrs, backend }: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  const [batchOfA, batchOfB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const product = (left: tf.Tensor, right: tf.Tensor): tf.Tensor =>
    stock({
      inputs: { a: left, b: right },
      attrs: attrs as tf.NamedAttrMap,
      backend: backend as object,
    }) as tf.Tensor;
  const repeated = (batch: number[]): boolean => tf.util.sizeFromShape(batch) === 1;
  if (tf.util.arraysEqual(batchOfA, batchOfB) || repeated(batchOfA) || repeated(batchOfB)) {
    return product(a, b);
  }
  const batch = tf.backend_util.assertAndGetBroadcastShape(batchOfA, batchOfB);
  return tf.tidy(() => {
    const [left, right] = [a, b].map((x) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)])) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const result = product(left, right);
    return tf.engine().makeTensorFromDataId(result.dataId, result.shape, result.dtype);
  });
}
