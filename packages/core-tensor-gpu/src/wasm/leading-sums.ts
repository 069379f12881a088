import { Add, backend_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { borrow, giveBack } from './memory-views.ts';
import {
  type BackendWasm,
  callKernel,
  floats,
  input,
  type KernelCall,
  release,
  type WasmKernel,
} from './wasm-backend.ts';

/** From this number of rows on, the compiled kernel adds halves. */
const few = 32;

/**
 * `Sum` or `Mean` over the leading axes, which gradients of biases and batch normalisation use constantly. The stock
 * kernel transposes the whole tensor first.
 *
 * This adds the second half to the first until few rows are left. That is fast, and more exact than adding row by
 * row. Other axes and dtypes use the stock kernel.
 */
export function overLeadingAxes(stock: KernelFunc, mean: boolean): WasmKernel {
  return (call: KernelCall): TensorInfo => {
    const { inputs, attrs, backend } = call;
    const x = input(call, 'x');
    const axes = util.parseAxisParam(attrs['axis'] as number[], x.shape);
    const leading =
      axes.length < x.shape.length && [...axes].sort((a, b) => a - b).every((axis, i) => axis === i);
    const size = util.sizeFromShape(x.shape);
    if (!leading || axes.length === 0 || x.dtype !== 'float32' || size === 0) {
      return stock({ inputs: inputs as never, attrs: attrs as never, backend }) as TensorInfo;
    }
    const kept = x.shape.slice(axes.length);
    const shape = attrs['keepDims'] === true ? backend_util.expandShapeToKeepDim(kept, axes) : kept;
    const result = backend.makeOutput(shape, 'float32');
    const columns = util.sizeFromShape(kept);
    const sums = columnSums(backend, x, size / columns, columns);
    floats(backend, result).set(mean ? sums.map((sum) => sum / (size / columns)) : sums);
    return result;
  };
}

function columnSums(backend: BackendWasm, x: TensorInfo, rows: number, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  let part = x;
  for (let left = rows; left > 0;) {
    if (left <= few) {
      addRows(sums, floats(backend, part).subarray(0, left * columns));
      break;
    }
    const half = Math.floor(left / 2);
    if (left % 2 === 1) addRows(sums, floats(backend, part).subarray((left - 1) * columns, left * columns));
    const halves = [0, half].map((row) => borrow(backend, part, [half * columns], row * columns));
    const folded = callKernel(Add, backend, { a: halves[0]!, b: halves[1]! });
    giveBack(backend, ...halves);
    if (part !== x) release(backend, part);
    [part, left] = [folded, half];
  }
  if (part !== x) release(backend, part);
  return sums;
}

function addRows(sums: Float64Array, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) sums[i % sums.length]! += values[i]!;
}
