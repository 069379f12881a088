import * as tf from '@tensorflow/tfjs-core';
import { activate, type Activated } from './activations.ts';
import type { StockCall } from './stock-backend.ts';

/**
 * `tf.fused.matMul` as separate ops.
 *
 * The stock wasm kernel caches the packed right matrix by tensor and ignores its shape. It also adds the bias
 * wrongly for stacks that broadcast, and reads foreign memory if the inner size is 0. The stock cpu kernel returns
 * only a part for stacks that broadcast.
 */
export function fusedMatMul({ inputs, attrs }: StockCall): tf.TensorInfo {
  const { a, b, bias, preluActivationWeights: slopes } = inputs as Record<string, tf.Tensor | undefined>;
  const { transposeA, transposeB } = attrs as unknown as tf._FusedMatMulAttrs;
  return tf.tidy(() => {
    const product = tf.matMul(a!, b!, transposeA, transposeB);
    return activate(bias ? tf.add(product, bias) : product, attrs as unknown as Activated, slopes);
  });
}
