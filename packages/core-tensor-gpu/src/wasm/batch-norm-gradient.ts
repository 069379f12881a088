import {
  add,
  FusedBatchNorm,
  getBackend,
  mul,
  reshape,
  rsqrt,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../gradients/tape/replace-gradient.ts';

/**
 * Replaces the gradient of batch normalisation on wasm. The stock gradient passes over the whole tensor 17 times.
 * With the sums `Σ dy` and `Σ dy · (x − mean)`, the rest is arithmetic on one number per channel.
 *
 * Other backends and other shapes of the statistics keep the gradient that was registered before.
 */
export function registerBatchNormGradient(): void {
  replaceGradient('wasm', FusedBatchNorm, (before) => ({
    gradFunc: (dy, saved, attrs) => {
      const [x, mean] = saved;
      const perChannel = mean?.rank === 1 && mean.shape[0] === x?.shape.at(-1);
      if (getBackend() !== 'wasm' || !perChannel) return before.gradFunc(dy, saved, attrs);
      return channelGradients(dy as Tensor, saved, attrs['varianceEpsilon'] as number);
    },
  }));
}

function channelGradients(dy: Tensor, saved: Tensor[], epsilon: number): Record<string, () => Tensor> {
  const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
  const axes = [...x.shape.keys()].slice(0, -1);
  const deviation = rsqrt(add(variance, epsilon));
  const factor = scale == null ? deviation : mul(deviation, scale);
  // Computed at once, because tfjs-core disposes the results of one of these functions before it calls the next.
  const sumOfDy = sum(dy, axes);
  const sumOfProducts = sum(mul(dy, sub(x, mean)), axes);
  return {
    x: () => mul(dy, factor),
    mean: () => mul(mul(factor, -1), sumOfDy),
    variance: () => mul(mul(mul(mul(deviation, deviation), factor), -0.5), sumOfProducts),
    scale: () => mul(deviation, sumOfProducts),
    offset: () => reshape(sumOfDy, mean.shape),
  };
}
