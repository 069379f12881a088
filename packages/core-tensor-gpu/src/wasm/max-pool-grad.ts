import { backend_util, MaxPoolGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, input, type KernelCall, requireFloat, zeros } from './wasm-backend.ts';

interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The gradient of max pooling: the largest pixel of a window gets the whole `dy`, the first one if several are
 * equal, as in TensorFlow. The stock kernel considers only positive pixels. For a window without one, it gives the
 * gradient to the first pixel of the batch.
 */
export function maxPoolGrad(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [dy, x] = [input(call, 'dy'), input(call, 'input')];
  requireFloat(MaxPoolGrad, dy);
  requireFloat(MaxPoolGrad, x);
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
  const shape = x.shape as [number, number, number, number];
  const geometry = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const result = zeros(backend, [...x.shape]);
  handToLargest(floats(backend, x), floats(backend, dy), floats(backend, result), geometry);
  return result;
}

function handToLargest(
  pixels: Float32Array,
  gradients: Float32Array,
  sums: Float32Array,
  geometry: backend_util.Conv2DInfo,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, outChannels: channels, padInfo } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry;
  let gradient = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const [top, bottom] = inside(row * strideHeight - padInfo.top, filterHeight, inHeight);
      for (let column = 0; column < outWidth; column++) {
        const [left, right] = inside(column * strideWidth - padInfo.left, filterWidth, inWidth);
        for (let channel = 0; channel < channels; channel++, gradient++) {
          let largest = ((image * inHeight + top) * inWidth + left) * channels + channel;
          for (let y = top; y < bottom; y++) {
            const line = (image * inHeight + y) * inWidth;
            for (let x = left; x < right; x++) {
              const pixel = (line + x) * channels + channel;
              if (pixels[pixel]! > pixels[largest]!) largest = pixel;
            }
          }
          sums[largest]! += gradients[gradient]!;
        }
      }
    }
  }
}

/** The part of a window that is inside the image. */
function inside(start: number, size: number, limit: number): [number, number] {
  return [Math.max(0, start), Math.min(limit, start + size)];
}
