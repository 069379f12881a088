import type * as tf from '@tensorflow/tfjs-core';
import { dilationInfo } from '../geometry/dilation-info.ts';
import { compute, type StockCall, type Values } from './stock-backend.ts';

interface Geometry {
  readonly info: tf.backend_util.Conv2DInfo;
  readonly x: tf.TensorInfo;
  readonly filter: tf.TensorInfo;
}

/** Morphological dilation and its gradients. The stock wasm kernels mix up channels and start the maximum at 0. */
export function dilation2d(call: StockCall): tf.TensorInfo {
  const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
  const geometry = geometryOf(call, x, filter);
  return compute(call, [x, filter], geometry.info.outShape, (y, pixels, taps) => {
    forEachMaximum(geometry, pixels, taps!, (place, pixel, tap) => {
      y[place] = pixel < 0 ? -Number.MAX_VALUE : pixels[pixel]! + taps![tap]!;
    });
  });
}

/** @param wanted - whether to compute the gradient of the image or of the filter */
export function dilation2dGradient(call: StockCall, wanted: 'x' | 'filter'): tf.TensorInfo {
  const { x, filter, dy } = call.inputs as Record<'x' | 'filter' | 'dy', tf.TensorInfo>;
  const geometry = geometryOf(call, x, filter);
  return compute(call, [x, filter, dy], call.inputs[wanted]!.shape, (result, pixels, taps, flowing) => {
    forEachMaximum(geometry, pixels!, taps!, (place, pixel, tap) => {
      if (pixel >= 0) result[wanted === 'x' ? pixel : tap]! += flowing![place]!;
    });
  });
}

function geometryOf(call: StockCall, x: tf.TensorInfo, filter: tf.TensorInfo): Geometry {
  const info = dilationInfo(x, filter, call.attrs as unknown as tf.Dilation2DAttrs);
  return { info, x, filter };
}

/** For each output value: the pixel and the tap with the maximum, or -1 if the window is outside. */
function forEachMaximum(
  { info }: Geometry,
  pixels: Values,
  taps: Values,
  visit: (place: number, pixel: number, tap: number) => void,
): void {
  const { batchSize, outHeight, outWidth, inChannels: channels } = info;
  let place = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let channel = 0; channel < channels; channel++, place++) {
          const [pixel, tap] = largest(info, pixels, taps, [image, row, column, channel]);
          visit(place, pixel, tap);
        }
      }
    }
  }
}

function largest(
  info: tf.backend_util.Conv2DInfo,
  pixels: Values,
  taps: Values,
  [image, row, column, channel]: readonly [number, number, number, number],
): [pixel: number, tap: number] {
  const { inHeight, inWidth, inChannels: channels, padInfo, filterHeight, filterWidth } = info;
  let [pixel, tap, best] = [-1, -1, -Infinity];
  for (let i = 0; i < filterHeight; i++) {
    const y = row * info.strideHeight - padInfo.top + i * info.dilationHeight;
    if (y < 0 || y >= inHeight) continue;
    for (let j = 0; j < filterWidth; j++) {
      const x = column * info.strideWidth - padInfo.left + j * info.dilationWidth;
      if (x < 0 || x >= inWidth) continue;
      const [from, at] = [
        ((image * inHeight + y) * inWidth + x) * channels + channel,
        (i * filterWidth + j) * channels + channel,
      ];
      const value = pixels[from]! + taps[at]!;
      if (value > best) [pixel, tap, best] = [from, at, value];
    }
  }
  return [pixel, tap];
}
