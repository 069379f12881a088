import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';
import { runProgram } from './program.ts';

/**
 * WGSL of sine and cosine: WebGPU promises three digits only. `x` minus multiples of π/2 (in three parts, Cody and
 * Waite), then the polynomials of Cephes' `sinf`. Exact to 1e-7 for |x| up to 8192.
 */
export const sineFunctions = `
  fn sineCosine(x : f32) -> vec2<f32> {
    if (isnan(x) || isinf(x)) { return vec2<f32>(uniforms.NAN, uniforms.NAN); }
    let quarters = round(x * 0.6366197723675814);
    let y = ((x - quarters * 1.5703125) - quarters * 4.837512969970703125e-4) - quarters * 7.549789948768648e-8;
    let z = y * y;
    let s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * y + y;
    let c = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
    switch (i32(quarters) & 3) {
      case 0: { return vec2<f32>(s, c); }
      case 1: { return vec2<f32>(c, -s); }
      case 2: { return vec2<f32>(-s, -c); }
      default: { return vec2<f32>(-c, s); }
    }
  }`;

const codes: Readonly<Record<string, string>> = {
  [tf.Cos]: 'result[index] = sineCosine(A[index]).y;',
  [tf.Sin]: 'result[index] = sineCosine(A[index]).x;',
  [tf.Tan]: 'let both = sineCosine(A[index]); result[index] = both.x / both.y;',
};

export const sineKernels: readonly string[] = Object.keys(codes);

/** `sin`, `cos` or `tan`. */
export function sine(kernelName: string, { inputs, backend }: StockCall): tf.TensorInfo {
  const x = inputs['x']!;
  const { shape } = x;
  const program = { name: kernelName, functions: sineFunctions, code: codes[kernelName]! };
  return runProgram(backend, { ...program, inputs: [x], shape, dtype: 'float32' });
}
