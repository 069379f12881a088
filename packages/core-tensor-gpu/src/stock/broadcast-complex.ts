import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from './stock-backend.ts';

/**
 * A sum, difference or product of complex numbers that broadcast. The stock cpu kernel reads beyond the smaller
 * tensor, and gives NaN.
 */
export function broadcastComplex({ inputs, attrs, backend }: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  const run = (left: tf.Tensor, right: tf.Tensor): tf.TensorInfo =>
    stock({
      inputs: { a: left, b: right },
      attrs: attrs as tf.NamedAttrMap,
      backend: backend as object,
    }) as tf.TensorInfo;
  const complex = a.dtype === 'complex64' || b.dtype === 'complex64';
  if (!complex || tf.util.arraysEqual(a.shape, b.shape)) return run(a, b);
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  return tf.tidy(() => {
    const whole = (x: tf.Tensor): tf.Tensor => {
      const zeros = tf.zeros(shape);
      if (x.dtype !== 'complex64') return tf.complex(tf.add(x, zeros), zeros);
      return tf.complex(tf.add(tf.real(x), zeros), tf.add(tf.imag(x), zeros));
    };
    const { dataId, dtype } = run(whole(a), whole(b));
    return tf.engine().makeTensorFromDataId(dataId, shape, dtype);
  });
}
