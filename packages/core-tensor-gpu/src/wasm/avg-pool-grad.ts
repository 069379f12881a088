import { AvgPoolGrad, backend_util, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { roundsUp } from '../stock/pooling.ts';
import { avgPoolGradient } from '../stock/pooling-gradient.ts';
import { floats, input, type KernelCall, release, requireFloat, type WasmKernel } from './wasm-backend.ts';

interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The gradient of average pooling. The stock kernel always divides by the size of the window, but the forward pass
 * divides by the number of pixels inside the image. So `dy` is scaled first at windows that extend beyond the image.
 */
export function avgPoolGrad(stock: KernelFunc): WasmKernel {
  return (call: KernelCall): TensorInfo => {
    const { backend, inputs, attrs } = call;
    const [dy, x] = [input(call, 'dy'), input(call, 'input')];
    requireFloat(AvgPoolGrad, dy);
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
    if (roundsUp(attrs)) return avgPoolGradient({ inputs: { dy, input: x }, attrs, backend }, 2);
    const shape = x.shape as [number, number, number, number];
    const geometry = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const { inHeight, inWidth, outHeight, outWidth, outChannels, padInfo } = geometry;
    const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry;
    const rows = scales(outHeight, filterHeight, strideHeight, padInfo.top, inHeight);
    const columns = scales(outWidth, filterWidth, strideWidth, padInfo.left, inWidth);
    if ([...rows, ...columns].every((scale) => scale === 1)) {
      return stock({ inputs: inputs as never, attrs: attrs as never, backend }) as TensorInfo;
    }
    const scaled = backend.makeOutput(dy.shape, 'float32');
    const [from, to] = [floats(backend, dy), floats(backend, scaled)];
    for (let i = 0; i < from.length; i++) {
      const pixel = Math.floor(i / outChannels);
      to[i] = from[i]! * rows[Math.floor(pixel / outWidth) % outHeight]! * columns[pixel % outWidth]!;
    }
    const dx = stock({ inputs: { dy: scaled, input: x }, attrs: attrs as never, backend }) as TensorInfo;
    release(backend, scaled);
    return dx;
  };
}

/** For every window along an axis: its size divided by the number of its pixels inside the image. */
function scales(windows: number, size: number, stride: number, before: number, inside: number): number[] {
  return Array.from({ length: windows }, (_, window) => {
    const start = window * stride - before;
    const seen = Math.min(start + size, inside) - Math.max(start, 0);
    return seen > 0 ? size / seen : 1;
  });
}
