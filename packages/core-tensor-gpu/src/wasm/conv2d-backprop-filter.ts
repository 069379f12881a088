import { BatchMatMul, Conv2DBackpropFilter, type TensorInfo } from '@tensorflow/tfjs-core';
import { conv2dGeometry, type Conv2DGeometry, forwardConv2d, type Margins } from './conv2d-geometry.ts';
import { batchBeforeChannels, batchLast, channelsFirstPixels } from './image-layouts.ts';
import {
  type BackendWasm,
  callKernel,
  input,
  type KernelCall,
  release,
  requireFloat,
  viewAs,
  zeros,
} from './wasm-backend.ts';

/**
 * The gradient of a convolution with respect to its filter, `[height, width, in, out]`:
 *
 * `dw[i, j, c, o] = Σ_n,y,x x[n, y·stride + i − top, x·stride + j − left, c] · dy[n, y, x, o]`
 *
 * This sum is a forward convolution. Its inputs are `x` with batch and channels exchanged. Its filter is `dy`, dilated by the
 * stride. A 1 × 1 filter needs only one matrix product.
 */
export function conv2DBackpropFilter(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  requireFloat(Conv2DBackpropFilter, x);
  requireFloat(Conv2DBackpropFilter, dy);
  const geometry = conv2dGeometry(Conv2DBackpropFilter, attrs, x.shape, attrs['filterShape'] as number[]);
  if (geometry.batchSize * geometry.outHeight * geometry.outWidth === 0)
    return zeros(backend, geometry.filterShape);
  return isPointwise(geometry)
    ? pointwiseGradient(backend, x, dy, geometry)
    : windowedGradient(backend, x, dy, geometry);
}

function isPointwise({ filterHeight, filterWidth, padInfo }: Conv2DGeometry): boolean {
  const { top, bottom, left, right } = padInfo;
  return filterHeight === 1 && filterWidth === 1 && top + bottom + left + right === 0;
}

function pointwiseGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  geometry: Conv2DGeometry,
): TensorInfo {
  const { batchSize, outHeight, outWidth, inChannels, outChannels } = geometry;
  const pixels = batchSize * outHeight * outWidth;
  const columns = channelsFirstPixels(backend, x, geometry);
  const product = callKernel(
    BatchMatMul,
    backend,
    { a: viewAs(columns, [1, inChannels, pixels]), b: viewAs(dy, [1, pixels, outChannels]) },
    { transposeA: false, transposeB: false },
  );
  release(backend, columns);
  return { ...product, shape: [1, 1, inChannels, outChannels] };
}

function windowedGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  geometry: Conv2DGeometry,
): TensorInfo {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = geometry;
  const { inChannels, outChannels, strideHeight, strideWidth } = geometry;
  const images = batchLast(backend, x);
  const filter = batchBeforeChannels(backend, dy);
  const result = forwardConv2d(backend, 'Conv2D', images, filter, {
    rows: margins(inHeight, padInfo.top, (outHeight - 1) * strideHeight + filterHeight),
    columns: margins(inWidth, padInfo.left, (outWidth - 1) * strideWidth + filterWidth),
    dilations: [strideHeight, strideWidth],
  });
  const taps = filterHeight * filterWidth;
  const swapped = batchBeforeChannels(backend, viewAs(result, [inChannels, taps, 1, outChannels]));
  release(backend, images, filter, result);
  return { ...swapped, shape: geometry.filterShape };
}

/** The part of an axis that the forward pass read: `needed` entries, starting `before` entries before the first. */
function margins(size: number, before: number, needed: number): Margins {
  return { before, after: needed - size - before };
}
