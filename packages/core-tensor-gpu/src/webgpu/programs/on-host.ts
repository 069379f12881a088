import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';
import { type Gpu, isOnHost } from './program.ts';

export type Kernel = (call: StockCall) => tf.TensorInfo | tf.TensorInfo[];

/** A result of a kernel as a tensor that the tidy around it disposes of. */
export const tracked = (y: tf.TensorInfo): tf.Tensor =>
  y instanceof tf.Tensor ? (y as tf.Tensor) : tf.engine().makeTensorFromTensorInfo(y);

/**
 * What the stock kernel gives if it computes on the host, with the types of JavaScript's arrays: it does so for a few
 * numbers that were never on the GPU. Otherwise undefined.
 */
export function computedOnHost(call: StockCall, stock: Kernel): tf.Tensor | tf.Tensor[] | undefined {
  const { inputs, backend } = call;
  if (!(backend as Gpu).shouldExecuteOnCPU(Object.values(inputs))) return undefined;
  const result = stock(call);
  const results = Array.isArray(result) ? result.map(tracked) : tracked(result);
  return [results].flat().every((y) => isOnHost(backend, y)) ? results : undefined;
}
