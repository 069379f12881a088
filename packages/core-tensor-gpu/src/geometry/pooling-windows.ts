import * as tf from '@tensorflow/tfjs-core';

/** One axis of the image, and the windows along it. */
interface Axis {
  readonly size: number;
  readonly windows: number;
  readonly window: number;
  readonly stride: number;
  readonly before: number;
}

export interface Pooling {
  readonly batch: number;
  readonly channels: number;
  readonly depth: Axis;
  readonly rows: Axis;
  readonly columns: Axis;
}

/** The part of each window that is inside the image. */
export interface Box {
  readonly from: readonly [depth: number, row: number, column: number];
  readonly to: readonly [depth: number, row: number, column: number];
}

/** The output shape of pooling. */
export function pooledShape({ batch, channels, depth, rows, columns }: Pooling, axes: 2 | 3): number[] {
  const windows = [depth, rows, columns].slice(3 - axes).map((axis) => axis.windows);
  return [batch, ...windows, channels];
}

/** The position of a window's largest value, the first one if several are equal. */
export function largestPixel(
  x: ArrayLike<number>,
  pooling: Pooling,
  image: number,
  box: Box,
  channel: number,
): number {
  let largest = -1;
  forEachPixel(pooling, image, box, (pixel) => {
    const at = pixel * pooling.channels + channel;
    if (largest < 0 || x[at]! > x[largest]!) largest = at;
  });
  return largest;
}

export function forEachWindow(
  { batch, depth, rows, columns }: Pooling,
  visit: (window: number, image: number, box: Box) => void,
): void {
  let window = 0;
  for (let image = 0; image < batch; image++) {
    for (let d = 0; d < depth.windows; d++) {
      for (let r = 0; r < rows.windows; r++) {
        for (let c = 0; c < columns.windows; c++, window++) {
          const [front, back] = inside(depth, d);
          const [top, bottom] = inside(rows, r);
          const [left, right] = inside(columns, c);
          if (front < back && top < bottom && left < right) {
            visit(window, image, { from: [front, top, left], to: [back, bottom, right] });
          }
        }
      }
    }
  }
}

function inside({ stride, before, window, size }: Axis, at: number): [from: number, to: number] {
  const start = at * stride - before;
  return [Math.max(0, start), Math.min(size, start + window)];
}

export function forEachPixel(
  { depth, rows, columns }: Pooling,
  image: number,
  { from, to }: Box,
  visit: (pixel: number) => void,
): void {
  for (let d = from[0]; d < to[0]; d++) {
    for (let r = from[1]; r < to[1]; r++) {
      const line = ((image * depth.size + d) * rows.size + r) * columns.size;
      for (let c = from[2]; c < to[2]; c++) visit(line + c);
    }
  }
}

interface PoolAttributes {
  readonly filterSize: number;
  readonly strides: number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The windows of a pooling op. For 3D pooling, tfjs-core computes a negative padding if the strides skip pixels. */
export function poolingOf(shape: number[], attrs: Readonly<Record<string, unknown>>, axes: 2 | 3): Pooling {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
  const plane = axes === 2;
  const info = plane
    ? tf.backend_util.computePool2DInfo(
        shape as [number, number, number, number],
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      )
    : tf.backend_util.computePool3DInfo(
        shape as [number, number, number, number, number],
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
  const { batchSize: batch, inChannels: channels, padInfo } = info;
  const flat: Axis = { size: 1, windows: 1, window: 1, stride: 1, before: 0 };
  const space = info as tf.backend_util.Conv3DInfo;
  const depth: Axis = plane
    ? flat
    : {
        size: space.inDepth,
        windows: space.outDepth,
        window: space.filterDepth,
        stride: space.strideDepth,
        before: Math.max(0, space.padInfo.front),
      };
  const rows: Axis = {
    size: info.inHeight,
    windows: info.outHeight,
    window: info.filterHeight,
    stride: info.strideHeight,
    before: Math.max(0, padInfo.top),
  };
  const columns: Axis = {
    size: info.inWidth,
    windows: info.outWidth,
    window: info.filterWidth,
    stride: info.strideWidth,
    before: Math.max(0, padInfo.left),
  };
  return { batch, channels, depth, rows, columns };
}
