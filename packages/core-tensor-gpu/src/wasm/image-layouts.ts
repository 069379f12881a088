import { type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import type { Conv2DGeometry } from './conv2d-geometry.ts';
import { type BackendWasm, callKernel, floats, viewAs } from './wasm-backend.ts';

type Images = [batch: number, height: number, width: number, channels: number];

/** Converts `[batch, height, width, channels]` to `[channels, height, width, batch]`. */
export function batchLast(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [batch, height, width, channels] = x.shape as Images;
  const images = viewAs(x, [batch, height * width, channels]);
  const swapped = callKernel(Transpose, backend, { x: images }, { perm: [2, 1, 0] });
  return viewAs(swapped, [channels, height, width, batch]);
}

/** Converts `[batch, height, width, channels]` to `[height, width, batch, channels]`. */
export function batchBeforeChannels(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [batch, height, width, channels] = x.shape as Images;
  const images = viewAs(x, [batch, height * width, channels]);
  const swapped = callKernel(Transpose, backend, { x: images }, { perm: [1, 0, 2] });
  return viewAs(swapped, [height, width, batch, channels]);
}

/** Converts `[…, rows, columns]` to `[…, columns, rows]`. */
export function transposeMatrices(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const last = x.shape.length - 1;
  const perm = [...x.shape.keys()].slice(0, -2);
  return callKernel(Transpose, backend, { x }, { perm: [...perm, last, last - 1] });
}

/** The pixels that a 1 × 1 convolution without padding reads, as `[channels, batch · outHeight · outWidth]`. */
export function channelsFirstPixels(
  backend: BackendWasm,
  x: TensorInfo,
  {
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    strideHeight,
    strideWidth,
  }: Conv2DGeometry,
): TensorInfo {
  const pixels = batchSize * outHeight * outWidth;
  if (strideHeight === 1 && strideWidth === 1)
    return transposeMatrices(backend, viewAs(x, [pixels, inChannels]));
  const result = backend.makeOutput([inChannels, pixels], 'float32');
  const [from, to] = [floats(backend, x), floats(backend, result)];
  let pixel = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const line = (image * inHeight + row * strideHeight) * inWidth;
      for (let column = 0; column < outWidth; column++, pixel++) {
        let source = (line + column * strideWidth) * inChannels;
        for (let target = pixel; target < inChannels * pixels; target += pixels) to[target] = from[source++]!;
      }
    }
  }
  return result;
}
