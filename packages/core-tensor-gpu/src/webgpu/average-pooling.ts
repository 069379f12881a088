import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { forEachWindow, pooledShape, poolingOf } from '../geometry/pooling-windows.ts';
import type { StockCall } from '../stock/stock-backend.ts';

/**
 * The gradient of average pooling. The stock kernels divide by the whole window, although the average counts only the
 * pixels inside the image. So what flows back is first made larger where a window reaches beyond it.
 *
 * @throws CantripError OPTION_INVALID for windows that reach beyond the padding
 */
export function averagePoolingGradient(call: StockCall, stock: tf.KernelFunc, axes: 2 | 3): tf.TensorInfo {
  const { dy, input } = call.inputs as { dy: tf.Tensor; input: tf.Tensor };
  const { dimRoundingMode, pad } = call.attrs as unknown as tf.AvgPoolAttrs;
  if (typeof pad === 'number' && dimRoundingMode !== undefined && dimRoundingMode !== 'floor')
    throw new CantripError('OPTION_INVALID', {
      who: 'avgPool',
      what: `has no gradient on webgpu with dimRoundingMode '${dimRoundingMode}'`,
      fix: "Use the dimRoundingMode 'floor', or open another device",
    });
  const pooling = { ...poolingOf(input.shape, call.attrs, axes), batch: 1, channels: 1 };
  const { depth, rows, columns } = pooling;
  const whole = depth.window * rows.window * columns.window;
  const shape = pooledShape(pooling, axes);
  const shares = new Float32Array(tf.util.sizeFromShape(shape));
  forEachWindow(pooling, (window, _, { from, to }) => {
    shares[window] = whole / ((to[0] - from[0]) * (to[1] - from[1]) * (to[2] - from[2]));
  });
  return tf.tidy(() => {
    const inputs = { ...call.inputs, dy: tf.mul(dy, tf.tensor(shares, shape)) };
    const { dataId, dtype } = stock({
      inputs,
      attrs: call.attrs as tf.NamedAttrMap,
      backend: call.backend as object,
    }) as tf.TensorInfo;
    return tf.engine().makeTensorFromDataId(dataId, input.shape, dtype);
  });
}
