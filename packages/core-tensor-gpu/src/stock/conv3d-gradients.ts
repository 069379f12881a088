import * as tf from '@tensorflow/tfjs-core';
import { compute, type StockCall } from './stock-backend.ts';

type Shape5D = [number, number, number, number, number];

/** An input pixel, a window position and an output position that belong together. */
type Visit = (pixel: number, tap: number, place: number) => void;

/**
 * The gradient of a 3D convolution with respect to its input. It is also the transposed convolution. The stock wasm
 * kernel leaves out sums, and returns zeros for strides.
 */
export function conv3dBackpropInput(call: StockCall): tf.TensorInfo {
  const { dy, filter } = call.inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const { pad, strides, inputShape } = call.attrs as unknown as tf.Conv3DBackpropInputV2Attrs;
  const info = geometryOf(inputShape, filter.shape, strides, pad);
  const { inChannels, outChannels } = info;
  return compute(call, [dy, filter], info.inShape, (dx, flowing, weights) => {
    forEachTap(info, (pixel, tap, place) => {
      for (let input = 0; input < inChannels; input++) {
        const from = (tap * inChannels + input) * outChannels;
        let sum = 0;
        for (let output = 0; output < outChannels; output++) {
          sum += weights![from + output]! * flowing[place * outChannels + output]!;
        }
        dx[pixel * inChannels + input]! += sum;
      }
    });
  });
}

/** Like {@link conv3dBackpropInput}, with respect to the filter. */
export function conv3dBackpropFilter(call: StockCall): tf.TensorInfo {
  const { x, dy } = call.inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const { pad, strides, filterShape } = call.attrs as unknown as tf.Conv3DBackpropFilterV2Attrs;
  const info = geometryOf(x.shape, filterShape, strides, pad);
  const { inChannels, outChannels } = info;
  return compute(call, [x, dy], filterShape, (dw, pixels, flowing) => {
    forEachTap(info, (pixel, tap, place) => {
      for (let input = 0; input < inChannels; input++) {
        const value = pixels[pixel * inChannels + input]!;
        const to = (tap * inChannels + input) * outChannels;
        for (let output = 0; output < outChannels; output++) {
          dw[to + output]! += value * flowing![place * outChannels + output]!;
        }
      }
    });
  });
}

function geometryOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  strides: [number, number, number] | number,
  pad: 'valid' | 'same',
): tf.backend_util.Conv3DInfo {
  return tf.backend_util.computeConv3DInfo(
    inputShape as Shape5D,
    filterShape as Shape5D,
    strides as number,
    1,
    pad,
  );
}

function forEachTap(info: tf.backend_util.Conv3DInfo, visit: Visit): void {
  const { padInfo } = info;
  const taps = [info.filterDepth, info.filterHeight, info.filterWidth] as const;
  const steps = [info.strideDepth, info.strideHeight, info.strideWidth] as const;
  // tfjs-core computes a negative padding if the strides skip pixels.
  const before = [padInfo.front, padInfo.top, padInfo.left].map((pixels) => Math.max(0, pixels));
  const sizes = [info.inDepth, info.inHeight, info.inWidth] as const;
  const outer = [info.batchSize, info.outDepth, info.outHeight, info.outWidth];
  forEachPlace(outer, ([image, ...windows], place) => {
    forEachPlace(taps, (tap, at) => {
      const source = windows.map((window, axis) => window * steps[axis]! - before[axis]! + tap[axis]!);
      if (source.some((pixel, axis) => pixel < 0 || pixel >= sizes[axis]!)) return;
      visit(
        source.reduce((index, next, axis) => index * sizes[axis]! + next, image!),
        at,
        place,
      );
    });
  });
}

/** Visits every position of a shape, with its index. */
function forEachPlace(
  shape: readonly number[],
  visit: (place: readonly number[], index: number) => void,
): void {
  const place = shape.map(() => 0);
  const count = shape.reduce((product, size) => product * size, 1);
  for (let index = 0; index < count; index++) {
    visit(place, index);
    for (let axis = place.length - 1; axis >= 0; axis--) {
      place[axis]! += 1;
      if (place[axis]! < shape[axis]!) break;
      place[axis] = 0;
    }
  }
}
