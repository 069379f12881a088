import type * as tf from '@tensorflow/tfjs-core';
import { forEachPixel, forEachWindow, largestPixel, poolingOf } from '../geometry/pooling-windows.ts';
import { compute, type StockCall } from './stock-backend.ts';

/**
 * The gradient of average pooling: every pixel inside a window gets the same share. The stock kernels always divide
 * by the whole window, although the forward pass counts only the pixels inside the image.
 */
export function avgPoolGradient(call: StockCall, axes: 2 | 3): tf.TensorInfo {
  const { dy, input } = call.inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const pooling = poolingOf(input.shape, call.attrs, axes);
  return compute(call, [dy], input.shape, (dx, flowing) => {
    forEachWindow(pooling, (window, image, { from, to }) => {
      const pixels = (to[0] - from[0]) * (to[1] - from[1]) * (to[2] - from[2]);
      for (let channel = 0; channel < pooling.channels; channel++) {
        const share = flowing[window * pooling.channels + channel]! / pixels;
        forEachPixel(
          pooling,
          image,
          { from, to },
          (pixel) => (dx[pixel * pooling.channels + channel]! += share),
        );
      }
    });
  });
}

/**
 * The gradient of max pooling: the largest pixel of a window gets the whole gradient, the first one if several are
 * equal.
 */
export function maxPoolGradient(call: StockCall, axes: 2 | 3): tf.TensorInfo {
  const { dy, input } = call.inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const pooling = poolingOf(input.shape, call.attrs, axes);
  return compute(call, [dy, input], input.shape, (dx, flowing, x) => {
    forEachWindow(pooling, (window, image, box) => {
      for (let channel = 0; channel < pooling.channels; channel++) {
        const largest = largestPixel(x!, pooling, image, box, channel);
        if (largest >= 0) dx[largest]! += flowing[window * pooling.channels + channel]!;
      }
    });
  });
}
