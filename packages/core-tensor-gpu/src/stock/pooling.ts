import * as tf from '@tensorflow/tfjs-core';
import {
  forEachPixel,
  forEachWindow,
  largestPixel,
  pooledShape,
  poolingOf,
} from '../geometry/pooling-windows.ts';
import { compute, type StockCall } from './stock-backend.ts';

/** Max pooling. The stock wasm kernel for 3D starts the maximum at 0, so it is wrong for negative values. */
export function maxPool(call: StockCall, axes: 2 | 3): tf.TensorInfo {
  const { x } = call.inputs as { x: tf.TensorInfo };
  const pooling = poolingOf(x.shape, call.attrs, axes);
  return compute(call, [x], pooledShape(pooling, axes), (result, values) => {
    forEachWindow(pooling, (window, image, box) => {
      for (let channel = 0; channel < pooling.channels; channel++) {
        result[window * pooling.channels + channel] =
          values![largestPixel(values!, pooling, image, box, channel)]!;
      }
    });
  });
}

/**
 * Max pooling with the positions of the maxima, counted over the batch if requested. The stock wasm kernel starts
 * the maximum at 0 and reads the wrong windows.
 */
export function maxPoolWithArgmax(call: StockCall): tf.TensorInfo[] {
  const { x } = call.inputs as { x: tf.TensorInfo };
  const pooling = poolingOf(x.shape, call.attrs, 2);
  const shape = pooledShape(pooling, 2);
  const perImage = tf.util.sizeFromShape(x.shape.slice(1));
  const start = (image: number): number =>
    call.attrs['includeBatchInIndex'] === true ? 0 : image * perImage;
  const places = compute(
    call,
    [x],
    shape,
    (result, values) => {
      forEachWindow(pooling, (window, image, box) => {
        for (let channel = 0; channel < pooling.channels; channel++) {
          result[window * pooling.channels + channel] =
            largestPixel(values!, pooling, image, box, channel) - start(image);
        }
      });
    },
    'int32',
  );
  return [maxPool(call, 2), places];
}

/** Average pooling over the pixels of each window that are inside the image. */
export function avgPool(call: StockCall, axes: 2 | 3): tf.TensorInfo {
  const { x } = call.inputs as { x: tf.TensorInfo };
  const pooling = poolingOf(x.shape, call.attrs, axes);
  return compute(call, [x], pooledShape(pooling, axes), (result, values) => {
    forEachWindow(pooling, (window, image, box) => {
      for (let channel = 0; channel < pooling.channels; channel++) {
        let [sum, count] = [0, 0];
        forEachPixel(pooling, image, box, (pixel) => {
          sum += values![pixel * pooling.channels + channel]!;
          count++;
        });
        result[window * pooling.channels + channel] = sum / count;
      }
    });
  });
}

/**
 * Whether sizes are rounded up. Then a window may extend beyond the end, where the stock wasm kernels read foreign
 * memory.
 */
export function roundsUp(attrs: StockCall['attrs']): boolean {
  return attrs['dimRoundingMode'] === 'ceil' || attrs['dimRoundingMode'] === 'round';
}
