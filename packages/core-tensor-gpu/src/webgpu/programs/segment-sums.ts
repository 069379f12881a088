import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';
import { tracked } from './on-host.ts';
import { runProgram } from './program.ts';

/**
 * `tf.unsortedSegmentSum`. A segment that is negative or too large is left out, as on the processor; the stock program
 * begins again at 0. For integers it adds the bits of floats.
 */
export function sumSegments(call: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const { x, segmentIds } = call.inputs as { x: tf.TensorInfo; segmentIds: tf.Tensor };
  if (x.dtype === 'int32') return sumIntegers(call);
  return tf.tidy(() => {
    const inside = tf.less(segmentIds, tf.scalar(call.attrs['numSegments'] as number, 'int32'));
    const ids = tf.where(inside, segmentIds, tf.scalar(-1, 'int32'));
    return tracked(stock({ ...call, inputs: { x, segmentIds: ids } } as never) as tf.TensorInfo);
  });
}

function sumIntegers({ inputs, attrs, backend }: StockCall): tf.TensorInfo {
  const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
  const numSegments = attrs['numSegments'] as number;
  const [rows, ...inner] = x.shape as [number, ...number[]];
  return runProgram(backend, {
    name: 'sum segments',
    code: `
      var sum = 0;
      for (var row = 0; row < uniforms.rows; row++) {
        if (B[row] == index / uniforms.width) { sum += A[row * uniforms.width + index % uniforms.width]; }
      }
      result[index] = sum;`,
    inputs: [x, segmentIds],
    shape: [numSegments, ...inner],
    dtype: 'int32',
    numbers: { rows, width: tf.util.sizeFromShape(inner) },
  });
}
