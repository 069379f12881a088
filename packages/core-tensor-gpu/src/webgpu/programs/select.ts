import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';
import { runProgram } from './program.ts';

/** `tf.where`, for any number of axes and numbers of any type. A condition of one axis chooses whole rows. */
export function select({ inputs, backend }: StockCall): tf.TensorInfo {
  const { condition, t, e } = inputs as Record<'condition' | 't' | 'e', tf.TensorInfo>;
  const { shape, dtype } = t;
  const conditions = tf.util.sizeFromShape(condition.shape);
  const perCondition = tf.util.sizeFromShape(shape) / conditions;
  const code = `
    if (A[index / uniforms.width] != 0) { result[index] = B[index]; }
    else { result[index] = C[index]; }`;
  const numbers = { width: perCondition };
  return runProgram(backend, { name: 'select', code, inputs: [condition, t, e], shape, dtype, numbers });
}
