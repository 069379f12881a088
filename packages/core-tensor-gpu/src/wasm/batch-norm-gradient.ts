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
 * Replaces the gradient of batch normalisation on wasm, where the stock one passes over the whole tensor 17 times:
 * with the sums `Σ dy` and `Σ dy · (x − mean)` at hand, all that is left is arithmetic on one number a channel.
 * Other backends, and other shapes than one number a channel, keep the gradient that was registered before.
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
  // At once and not on demand: tfjs-core disposes of what one of the functions below makes before it calls the next.
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
