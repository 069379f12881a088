import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from './stock-backend.ts';

type Activate = (x: tf.Tensor, given: { readonly slopes?: tf.Tensor; readonly alpha: number }) => tf.Tensor;

const activations: Readonly<Record<string, Activate>> = {
  elu: tf.elu,
  leakyrelu: (x, { alpha }) => tf.leakyRelu(x, alpha),
  linear: (x) => x,
  prelu: (x, { slopes }) => tf.prelu(x, slopes!),
  relu: tf.relu,
  relu6: tf.relu6,
  sigmoid: tf.sigmoid,
};

/**
 * `tf.fused.matMul` as separate ops.
 *
 * The stock wasm kernel caches the packed right matrix by tensor and ignores its shape. It also adds the bias
 * wrongly for stacks that broadcast, and reads foreign memory if the inner size is 0. The stock cpu kernel returns
 * only a part for stacks that broadcast.
 */
export function fusedMatMul({ inputs, attrs }: StockCall): tf.TensorInfo {
  const { a, b, bias, preluActivationWeights } = inputs as Record<string, tf.Tensor | undefined>;
  const { transposeA, transposeB, activation, leakyreluAlpha } = attrs as unknown as tf._FusedMatMulAttrs;
  const [countOfA, countOfB] = [a!.shape[0]!, b!.shape[0]!];
  if (countOfA !== countOfB && countOfA !== 1 && countOfB !== 1) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'fused.matMul',
      what: `multiplies stacks of ${countOfA} and ${countOfB} matrices, but TensorFlow.js joins their axes before they broadcast`,
      fix: 'Use tf.matMul, tf.add and the activation',
    });
  }
  return tf.tidy(() => {
    const product = tf.matMul(a!, b!, transposeA, transposeB);
    const biased = bias ? tf.add(product, bias) : product;
    return activations[activation]!(biased, {
      ...(preluActivationWeights && { slopes: preluActivationWeights }),
      alpha: leakyreluAlpha!,
    });
  });
}
