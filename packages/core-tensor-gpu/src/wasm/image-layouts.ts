import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv2DGeometry } from './conv2d-geometry.ts';
import { type BackendWasm, floats } from './wasm-backend.ts';

// The backend's own Transpose writes its output in order and so reads with a large stride, which misses the cache at
// every value. These loops read and write within a few cache lines at a time.

/** `[batch, height, width, channels]` to `[channels, height, width, batch]`. */
export function batchLast(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const pixels = height * width;
  const result = backend.makeOutput([channels, height, width, batch], 'float32');
  const [from, to] = [floats(backend, x), floats(backend, result)];
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let image = 0; image < batch; image++) {
      let source = (image * pixels + pixel) * channels;
      let target = pixel * batch + image;
      for (const end = source + channels; source < end; source++, target += pixels * batch) {
        to[target] = from[source]!;
      }
    }
  }
  return result;
}

/** `[batch, height, width, channels]` to `[height, width, batch, channels]`. */
export function batchBeforeChannels(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const pixels = height * width;
  const result = backend.makeOutput([height, width, batch, channels], 'float32');
  const [from, to] = [floats(backend, x), floats(backend, result)];
  let target = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let image = 0; image < batch; image++) {
      let source = (image * pixels + pixel) * channels;
      for (const end = source + channels; source < end; source++) to[target++] = from[source]!;
    }
  }
  return result;
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

/** `[…, rows, columns]` to `[…, columns, rows]`, in square blocks. */
export function transposeMatrices(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const outer = x.shape.slice(0, -2);
  const size = rows * columns;
  const result = backend.makeOutput([...outer, columns, rows], 'float32');
  const [from, to] = [floats(backend, x), floats(backend, result)];
  for (let matrix = 0; matrix < from.length; matrix += size) {
    for (let top = 0; top < rows; top += block) {
      for (let left = 0; left < columns; left += block) {
        transposeBlock(from, to, matrix, rows, columns, top, left);
      }
    }
  }
  return result;
}

const block = 32;

function transposeBlock(
  from: Float32Array,
  to: Float32Array,
  matrix: number,
  rows: number,
  columns: number,
  top: number,
  left: number,
): void {
  const [bottom, right] = [Math.min(top + block, rows), Math.min(left + block, columns)];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      to[matrix + column * rows + row] = from[matrix + row * columns + column]!;
    }
  }
}
