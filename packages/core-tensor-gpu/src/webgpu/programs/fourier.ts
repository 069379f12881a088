import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';
import { tracked } from './on-host.ts';
import { runProgram } from './program.ts';
import { sineFunctions } from './sines.ts';

/** WGSL of one number of the result. The angle is a part of one turn, so that it stays small and exact. */
const code = (term: string): string => `
  let row = index / uniforms.width * uniforms.width;
  let frequency = index % uniforms.width;
  var turn = 0;
  var sum = 0.0;
  for (var i = 0; i < uniforms.width; i++) {
    let w = sineCosine(6.283185307179586 * f32(turn) / f32(uniforms.width));
    let sine = w.x * f32(uniforms.sign);
    sum += ${term};
    turn = (turn + frequency) % uniforms.width;
  }
  result[index] = select(sum, sum / f32(uniforms.width), uniforms.sign > 0);`;

/** The discrete Fourier transform of the last axis, or its inverse. */
export const fourier =
  (inverse: boolean) =>
  ({ inputs, backend }: StockCall): tf.TensorInfo =>
    tf.tidy(() => {
      const input = inputs['input'] as tf.Tensor;
      const { shape } = input;
      const numbers = { width: shape.at(-1)!, sign: inverse ? 1 : -1 };
      const part = (name: string, term: string): tf.Tensor => {
        const parts = [tf.real(input), tf.imag(input)];
        const program = { name, functions: sineFunctions, code: code(term), numbers };
        return tracked(runProgram(backend, { ...program, inputs: parts, shape, dtype: 'float32' }));
      };
      return tf.complex(
        part('fourier real', 'A[row + i] * w.y - B[row + i] * sine'),
        part('fourier imaginary', 'A[row + i] * sine + B[row + i] * w.y'),
      );
    });
