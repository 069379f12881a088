import { backend_util, type KernelFunc, type TensorInfo, Transpose, util } from '@tensorflow/tfjs-core';
import { overLeadingAxes } from './leading-sums.ts';
import { callKernel, floats, input, type KernelCall, release, type WasmKernel } from './wasm-backend.ts';

/**
 * `Sum` or `Mean`, accumulated in float64. The result is the nearest float32 number or a neighbour of it, for any
 * number of values. The stock kernel accumulates in float32, and loses the third digit over a million values.
 */
export function exactSums(stock: KernelFunc, mean: boolean): WasmKernel {
  const leading = overLeadingAxes(stock, mean);
  return (call: KernelCall): TensorInfo => {
    const { attrs, backend } = call;
    const x = input(call, 'x');
    const axes = util.parseAxisParam(attrs['axis'] as number[], x.shape).sort((a, b) => a - b);
    const rank = x.shape.length;
    const last = axes.length > 0 && axes.at(-1) === rank - 1;
    const middle = axes.length > 0 && axes.some((axis, i) => axis !== i);
    if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0 || !(last || middle)) return leading(call);
    const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
    const ordered = axes.every((axis, i) => axis === kept.length + i);
    const turned = ordered ? x : callKernel(Transpose, backend, { x }, { perm: [...kept, ...axes] });
    const sizes = kept.map((axis) => x.shape[axis]!);
    const shape = attrs['keepDims'] === true ? backend_util.expandShapeToKeepDim(sizes, axes) : sizes;
    const result = backend.makeOutput(shape, 'float32');
    const sums = floats(backend, result);
    addRows(sums, floats(backend, turned), mean);
    if (turned !== x) release(backend, turned);
    return result;
  };
}

/** Accumulates four sums in parallel, because each addition waits for the one before. */
function addRows(sums: Float32Array, values: Float32Array, mean: boolean): void {
  const count = values.length / sums.length;
  for (let row = 0, at = 0; row < sums.length; row++) {
    const end = at + count;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (; at + 4 <= end; at += 4) {
      a += values[at]!;
      b += values[at + 1]!;
      c += values[at + 2]!;
      d += values[at + 3]!;
    }
    for (; at < end; at++) a += values[at]!;
    const sum = a + b + (c + d);
    sums[row] = mean ? sum / count : sum;
  }
}
