import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type KernelCall, type WasmKernel } from './wasm-backend.ts';

/** From this number of classes on, the stock kernel's rounding error is visible in float32. */
const many = 256;

/** Softmax whose rows sum to 1 for many classes too. The stock kernel accumulates in float32. */
export function softmax(stock: KernelFunc): WasmKernel {
  return ({ inputs, attrs, backend }: KernelCall): TensorInfo => {
    const result = stock({ inputs: inputs as never, attrs: attrs as never, backend }) as TensorInfo;
    const classes = result.shape.at(-1) ?? 1;
    if (classes < many) return result;
    const values = floats(backend, result);
    for (let start = 0; start < values.length; start += classes) {
      let sum = 0;
      for (let at = start; at < start + classes; at++) sum += values[at]!;
      // NaN stays NaN.
      for (let at = start; at < start + classes; at++) values[at] = values[at]! / sum;
    }
    return result;
  };
}
