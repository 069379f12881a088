import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from './stock-backend.ts';

type Shape5D = [number, number, number, number, number];

/**
 * A 3D convolution with `same` padding whose strides skip pixels. tfjs-core computes a negative padding for it, and
 * the stock kernels then start at the wrong position. So this pads first, and then convolves with `valid`.
 */
export function conv3d(call: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const { x, filter } = call.inputs as { x: tf.Tensor5D; filter: tf.Tensor5D };
  const { strides, pad, dilations } = call.attrs as unknown as tf.Conv3DAttrs;
  const run = (input: tf.TensorInfo, attrs: StockCall['attrs']): tf.TensorInfo =>
    stock({
      inputs: { x: input, filter },
      attrs: attrs as tf.NamedAttrMap,
      backend: call.backend as object,
    }) as tf.TensorInfo;
  if (pad !== 'same') return run(x, call.attrs);
  const { padInfo } = tf.backend_util.computeConv3DInfo(
    x.shape as Shape5D,
    filter.shape as Shape5D,
    strides as number,
    (dilations ?? 1) as number,
    pad,
  );
  const { front, back, top, bottom, left, right } = padInfo;
  const margins = [front, back, top, bottom, left, right];
  if (margins.every((pixels) => pixels >= 0)) return run(x, call.attrs);
  const [a, b, c, d, e, f] = margins.map((pixels) => Math.max(0, pixels)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return tf.tidy(() => {
    const padded = tf.pad(x, [
      [0, 0],
      [a, b],
      [c, d],
      [e, f],
      [0, 0],
    ]);
    const result = run(padded, { ...call.attrs, pad: 'valid' });
    return tf.engine().makeTensorFromDataId(result.dataId, result.shape, result.dtype);
  });
}
