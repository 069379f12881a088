import * as tf from '@tensorflow/tfjs-core';
import {
  forEachPixel,
  forEachWindow,
  largestPixel,
  pooledShape,
  poolingOf,
} from '../geometry/pooling-windows.ts';
import { compute, type StockCall } from './stock-backend.ts';

/** The largest number of each window. wasm's stock kernel for three axes starts at 0, so that it knows no negative ones. */
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
 * The largest number of each window and its place, counted over the batch if that is asked for. wasm's stock kernel
 * starts at 0, and reads the windows of other places.
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

/** The average of what each window has inside of the image. */
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

/** Whether sizes are rounded up, so that a window may hang over the end, where wasm's stock kernels read on. */
export function roundsUp(attrs: StockCall['attrs']): boolean {
  return attrs['dimRoundingMode'] === 'ceil' || attrs['dimRoundingMode'] === 'round';
}
