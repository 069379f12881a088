import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runBackendKernel } from '../kernels/backend-kernel.ts';
import { differentiatedAgain } from '../kernels/differentiated-again.ts';
import { kernelNames } from '../kernels/kernel-names.ts';
import type { Attributes, OwnKernel } from '../kernels/own-kernel.ts';

interface BatchNormInputs extends Record<string, tf.Tensor> {
  /** `[…, …, …, channels]` */
  readonly x: tf.Tensor;
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
}

/**
 * Batch normalisation in training over the last of four axes. Outputs: the normalised values, the batch's mean and
 * its biased variance. A backend's own kernel may return up to three more tensors, which its gradient kernel gets.
 */
export const batchNormKernel: OwnKernel<BatchNormInputs> = {
  name: kernelNames.batchNormTraining,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true, true, true, true],
  composed({ x, gamma, beta }, attributes) {
    const { mean, variance } = tf.moments(x, leadingAxes);
    const y = tf.batchNorm4d(
      x as tf.Tensor4D,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      beta as tf.Tensor1D,
      gamma as tf.Tensor1D,
      epsilonOf(attributes),
    );
    return [y, mean, variance];
  },
  gradient([dy], saved, attributes) {
    const [x, gamma] = saved as [tf.Tensor, tf.Tensor];
    // The loss depends only on the statistics, and these are constants here.
    if (dy == null) return constantGradients(x, gamma);
    const byKernel = hasKernel(kernelNames.batchNormTrainingGradient) && !differentiatedAgain();
    const [dx, dgamma, dbeta] = (byKernel ? kernelGradients : composedGradients)(dy, saved, attributes);
    return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
  },
};

type Gradients = readonly [x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor];

function kernelGradients(dy: tf.Tensor, saved: readonly tf.Tensor[], attributes: Attributes): Gradients {
  const [x, gamma, , , ...reserve] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
  const kept = Object.fromEntries(reserve.map((tensor, at) => [`reserve${at}`, tensor]));
  const inputs = { dy, x, gamma, ...kept };
  return runBackendKernel(kernelNames.batchNormTrainingGradient, inputs, attributes) as unknown as Gradients;
}

/**
 * `dx = gamma / s * (dy - mean(dy) - (x - m) / s^2 * mean(dy * (x - m)))`, with the batch's mean m and standard
 * deviation s. This takes two sums over the tensor, and arithmetic on one number per channel.
 */
function composedGradients(dy: tf.Tensor, saved: readonly tf.Tensor[], attributes: Attributes): Gradients {
  const [x, gamma, ...statistics] = saved as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
  // The saved statistics would be constants in a second derivative.
  const { mean, variance } = differentiatedAgain()
    ? tf.moments(x, leadingAxes)
    : { mean: statistics[0]!, variance: statistics[1]! };
  const count = perChannel(x);
  const inverse = tf.rsqrt(tf.add(variance, epsilonOf(attributes)));
  const centred = tf.sub(x, mean);
  const sumOfDy = tf.sum(dy, leadingAxes);
  const sumOfProducts = tf.sum(tf.mul(dy, centred), leadingAxes);
  const factor = tf.mul(gamma, inverse);
  const slope = tf.mul(tf.mul(factor, tf.square(inverse)), tf.div(sumOfProducts, count));
  const offset = tf.mul(factor, tf.div(sumOfDy, count));
  const fromStatistics = tf.add(tf.mul(centred, slope), offset);
  return [tf.sub(tf.mul(dy, factor), fromStatistics), tf.mul(sumOfProducts, inverse), sumOfDy];
}

function constantGradients(x: tf.Tensor, gamma: tf.Tensor): Record<'x' | 'gamma' | 'beta', () => tf.Tensor> {
  const none = (): tf.Tensor => tf.zerosLike(gamma);
  return { x: () => tf.zerosLike(x), gamma: none, beta: none };
}

const leadingAxes = [0, 1, 2];

function perChannel({ size, shape }: tf.Tensor): number {
  return size / shape[3]!;
}

function epsilonOf(attributes: Attributes): number {
  return attributes['epsilon']!;
}
