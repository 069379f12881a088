import * as tf from '@tensorflow/tfjs-core';
import { tracked } from './on-host.ts';
import { runProgram } from './program.ts';

/** WGSL that joins `a` and `b`. */
const codes: Readonly<Record<string, string>> = {
  [tf.Max]: 'max(a, b)',
  [tf.Min]: 'min(a, b)',
  [tf.Prod]: 'a * b',
  [tf.Sum]: 'a + b',
};

/** How many numbers one thread of the GPU joins. */
const width = 64;

export const reducesIntegers = (kernelName: string): boolean => kernelName in codes;

/** Reduces the last of two axes of integers, exact for all of them. */
export function reduceIntegers(kernelName: string, x: tf.Tensor2D, backend: unknown): tf.Tensor1D {
  return tf.tidy(() => {
    const rows = x.shape[0];
    let y: tf.Tensor = x;
    let columns = x.shape[1];
    do {
      const chunks = Math.ceil(columns / width);
      y = tracked(
        runProgram(backend, {
          name: `reduce ${kernelName}`,
          code: `
            let row = index / uniforms.chunks * uniforms.columns;
            let first = index % uniforms.chunks * ${width};
            var a = A[row + first];
            for (var at = first + 1; at < min(first + ${width}, uniforms.columns); at++) {
              let b = A[row + at];
              a = ${codes[kernelName]};
            }
            result[index] = a;`,
          inputs: [y],
          shape: [rows, chunks],
          dtype: 'int32',
          numbers: { columns, chunks },
        }),
      );
      columns = chunks;
    } while (columns > 1);
    return tf.reshape(y, [rows]) as tf.Tensor1D;
  });
}
