import * as tf from '@tensorflow/tfjs-core';
import type { Attributes, FusedKernel } from './fused-kernel.ts';
import { differentiatedAgain, type NativeAttribute, nativeOps, onNativeDevice } from './native-op.ts';

interface FrozenBatchNormInputs extends Record<string, tf.Tensor> {
  /** `[…, …, …, channels]` */
  readonly x: tf.Tensor;
  /** Given statistics, `[channels]` each; constants to a gradient. */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
}

/**
 * Batch normalisation with given statistics over the last of four axes, whose gradient with respect to inputs, gamma
 * and beta is one op. Where only that of the inputs is wanted, `dy * scale` is less.
 */
export const frozenBatchNormKernel: FusedKernel<FrozenBatchNormInputs> = {
  name: 'CantripFrozenBatchNorm',
  inputsToSave: ['x', 'mean', 'variance', 'gamma'],
  native: ({ x, mean, variance, gamma, beta }, attributes) =>
    nativeOps('FusedBatchNormV3', [x, gamma, beta, mean, variance], nativeAttributes(attributes), 6).slice(
      0,
      1,
    ),
  composed: ({ x, mean, variance, gamma, beta }, { epsilon }) => [
    tf.batchNorm4d(
      x as tf.Tensor4D,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      beta as tf.Tensor1D,
      gamma as tf.Tensor1D,
      epsilon!,
    ),
  ],
  gradient([dy], saved, attributes) {
    const [, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const native = onNativeDevice() && !differentiatedAgain();
    const [dx, dgamma, dbeta] = (native ? nativeGradients : composedGradients)(dy!, saved, attributes);
    return {
      x: () => dx,
      gamma: () => dgamma,
      beta: () => dbeta,
      mean: () => tf.zerosLike(mean),
      variance: () => tf.zerosLike(variance),
    };
  },
};

type Gradients = readonly [x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor];

function nativeGradients(dy: tf.Tensor, saved: readonly tf.Tensor[], attributes: Attributes): Gradients {
  const [x, mean, variance, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const inputs = [dy, x, gamma, mean, variance, tf.tensor1d([])];
  return nativeOps('FusedBatchNormGradV3', inputs, nativeAttributes(attributes), 5) as unknown as Gradients;
}

/** `dx = dy * gamma / s`, `dgamma = sum(dy * (x - m)) / s` with the mean m and the standard deviation s. */
function composedGradients(dy: tf.Tensor, saved: readonly tf.Tensor[], { epsilon }: Attributes): Gradients {
  const [x, mean, variance, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const inverse = tf.rsqrt(tf.add(variance, epsilon!));
  const sumOfProducts = tf.sum(tf.mul(dy, tf.sub(x, mean)), leadingAxes);
  return [tf.mul(dy, tf.mul(gamma, inverse)), tf.mul(sumOfProducts, inverse), tf.sum(dy, leadingAxes)];
}

function nativeAttributes({ epsilon }: Attributes): Record<string, NativeAttribute> {
  return {
    T: { type: 'float32' },
    U: { type: 'float32' },
    epsilon: { float: epsilon! },
    data_format: { text: 'NHWC' },
    is_training: { bool: false },
  };
}

const leadingAxes = [0, 1, 2];
