import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runBackendKernel } from '../kernels/backend-kernel.ts';
import { differentiatedAgain } from '../kernels/differentiated-again.ts';
import { kernelNames } from '../kernels/kernel-names.ts';
import type { Attributes, OwnKernel } from '../kernels/own-kernel.ts';

interface FrozenBatchNormInputs extends Record<string, tf.Tensor> {
  /** `[…, …, …, channels]` */
  readonly x: tf.Tensor;
  /** The given statistics, `[channels]` each; constants in the gradient. */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
}

/**
 * Batch normalisation with given statistics over the last of four axes. One op computes the gradients with respect
 * to inputs, gamma and beta. If you need only the gradient of the inputs, `dy * scale` is cheaper.
 */
export const frozenBatchNormKernel: OwnKernel<FrozenBatchNormInputs> = {
  name: kernelNames.frozenBatchNorm,
  inputsToSave: ['x', 'mean', 'variance', 'gamma'],
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
    const byKernel = hasKernel(kernelNames.frozenBatchNormGradient) && !differentiatedAgain();
    const [dx, dgamma, dbeta] = (byKernel ? kernelGradients : composedGradients)(dy!, saved, attributes);
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

function kernelGradients(dy: tf.Tensor, saved: readonly tf.Tensor[], attributes: Attributes): Gradients {
  const [x, mean, variance, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const inputs = { dy, x, gamma, mean, variance };
  return runBackendKernel(kernelNames.frozenBatchNormGradient, inputs, attributes) as unknown as Gradients;
}

/** `dx = dy * gamma / s` and `dgamma = sum(dy * (x - m)) / s`, with the mean m and the standard deviation s. */
function composedGradients(dy: tf.Tensor, saved: readonly tf.Tensor[], { epsilon }: Attributes): Gradients {
  const [x, mean, variance, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const inverse = tf.rsqrt(tf.add(variance, epsilon!));
  const sumOfProducts = tf.sum(tf.mul(dy, tf.sub(x, mean)), leadingAxes);
  return [tf.mul(dy, tf.mul(gamma, inverse)), tf.mul(sumOfProducts, inverse), tf.sum(dy, leadingAxes)];
}

const leadingAxes = [0, 1, 2];
