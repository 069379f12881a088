import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from './stock-backend.ts';

type Shape4D = [number, number, number, number];

/**
 * Convolutions with `same` padding whose strides skip pixels. The compiled wasm kernel reads the negative padding as
 * a huge one. This passes explicit margins of 0 instead.
 */
export function withMargins(call: StockCall, stock: tf.KernelFunc, depthwise: boolean): tf.TensorInfo {
  const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
  const { strides, pad, dilations } = call.attrs as unknown as tf.Conv2DAttrs;
  const run = (attrs: StockCall['attrs']): tf.TensorInfo =>
    stock({
      inputs: call.inputs,
      attrs: attrs as tf.NamedAttrMap,
      backend: call.backend as object,
    }) as tf.TensorInfo;
  if (pad !== 'same') return run(call.attrs);
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as Shape4D,
    filter.shape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    undefined,
    depthwise,
  );
  const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth } = info;
  if (strideHeight <= effectiveFilterHeight && strideWidth <= effectiveFilterWidth) return run(call.attrs);
  const { top, bottom, left, right } = info.padInfo;
  return run({
    ...call.attrs,
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  });
}
