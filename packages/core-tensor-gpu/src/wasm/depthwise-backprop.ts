import {
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { conv2dGeometry, type Conv2DGeometry, forwardConv2d, type Margins } from './conv2d-geometry.ts';
import {
  type BackendWasm,
  floats,
  input,
  type KernelCall,
  release,
  requireFloat,
  zeros,
} from './wasm-backend.ts';

/**
 * The gradient of a depthwise convolution with respect to its filter, `[height, width, in, multiplier]`:
 *
 * `dw[i, j, c, m] = Σ_n,y,x x[n, y·stride + i·dilation − top, …, c] · dy[n, y, x, c·multiplier + m]`
 *
 * Each channel has a separate sum, so this is not a matrix product. Plain loops add in double precision.
 */
export function depthwiseBackpropFilter(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  requireFloat(DepthwiseConv2dNativeBackpropFilter, x);
  requireFloat(DepthwiseConv2dNativeBackpropFilter, dy);
  const filterShape = attrs['filterShape'] as number[];
  const geometry = conv2dGeometry(DepthwiseConv2dNativeBackpropFilter, attrs, x.shape, filterShape, true);
  const result = backend.makeOutput(filterShape, 'float32');
  const [inputs, gradients] = [floats(backend, x), floats(backend, dy)];
  const { inChannels, outChannels } = geometry;
  const multiplier = outChannels / inChannels;
  const sums = new Float64Array(filterShape.reduce((size, axis) => size * axis, 1));
  forEachTap(geometry, (inputPixel, outputPixel, tap) => {
    let [sum, gradient] = [tap * outChannels, outputPixel * outChannels];
    let source = inputPixel * inChannels;
    for (const end = source + inChannels; source < end; source++) {
      const value = inputs[source]!;
      for (let m = 0; m < multiplier; m++) sums[sum++]! += value * gradients[gradient++]!;
    }
  });
  floats(backend, result).set(sums);
  return result;
}

/**
 * The gradient of a depthwise convolution with respect to its inputs. With stride 1 and one output for each input
 * channel it is the forward convolution of the rotated filter; otherwise every output pixel hands its gradient back
 * to the pixels that it read.
 */
export function depthwiseBackpropInput(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  requireFloat(DepthwiseConv2dNativeBackpropInput, dy);
  requireFloat(DepthwiseConv2dNativeBackpropInput, filter);
  const inputShape = attrs['inputShape'] as number[];
  const geometry = conv2dGeometry(DepthwiseConv2dNativeBackpropInput, attrs, inputShape, filter.shape, true);
  const { batchSize, strideHeight, strideWidth, inChannels, outChannels } = geometry;
  return strideHeight === 1 && strideWidth === 1 && inChannels === outChannels && batchSize > 0
    ? forwardOfRotated(backend, dy, filter, geometry)
    : handBack(backend, dy, filter, geometry);
}

function forwardOfRotated(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  geometry: Conv2DGeometry,
): TensorInfo {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, inChannels, padInfo } = geometry;
  const rotated = backend.makeOutput(filter.shape, 'float32');
  const [from, to] = [floats(backend, filter), floats(backend, rotated)];
  const taps = filterHeight * filterWidth;
  for (let tap = 0; tap < taps; tap++) {
    const values = from.subarray(tap * inChannels, (tap + 1) * inChannels);
    to.set(values, (taps - 1 - tap) * inChannels);
  }
  const dx = forwardConv2d(backend, 'DepthwiseConv2dNative', dy, rotated, {
    rows: rotatedMargins((filterHeight - 1) * dilationHeight, padInfo.top, padInfo.bottom),
    columns: rotatedMargins((filterWidth - 1) * dilationWidth, padInfo.left, padInfo.right),
    dilations: [dilationHeight, dilationWidth],
  });
  release(backend, rotated);
  return dx;
}

function rotatedMargins(reach: number, before: number, after: number): Margins {
  return { before: reach - before, after: reach - after };
}

function handBack(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  geometry: Conv2DGeometry,
): TensorInfo {
  const result = zeros(backend, geometry.inShape);
  const [gradients, weights, sums] = [floats(backend, dy), floats(backend, filter), floats(backend, result)];
  const { inChannels, outChannels } = geometry;
  const multiplier = outChannels / inChannels;
  forEachTap(geometry, (inputPixel, outputPixel, tap) => {
    let [weight, gradient] = [tap * outChannels, outputPixel * outChannels];
    let target = inputPixel * inChannels;
    for (const end = target + inChannels; target < end; target++) {
      let sum = 0;
      for (let m = 0; m < multiplier; m++) sum += weights[weight++]! * gradients[gradient++]!;
      sums[target]! += sum;
    }
  });
  return result;
}

/** Visits every pair of an output pixel and an input pixel that it reads, with the filter's tap between them. */
function forEachTap(
  geometry: Conv2DGeometry,
  visit: (inputPixel: number, outputPixel: number, tap: number) => void,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  for (let outputPixel = 0; outputPixel < batchSize * outHeight * outWidth; outputPixel++) {
    const column = (outputPixel % outWidth) * strideWidth - padInfo.left;
    const line = Math.floor(outputPixel / outWidth);
    const row = (line % outHeight) * strideHeight - padInfo.top;
    const image = Math.floor(line / outHeight) * inHeight;
    for (let i = 0; i < filterHeight; i++) {
      const y = row + i * dilationHeight;
      if (y < 0 || y >= inHeight) continue;
      for (let j = 0; j < filterWidth; j++) {
        const x = column + j * dilationWidth;
        if (x < 0 || x >= inWidth) continue;
        visit((image + y) * inWidth + x, outputPixel, i * filterWidth + j);
      }
    }
  }
}
