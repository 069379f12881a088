import * as tf from '@tensorflow/tfjs-core';
import type { NativeGradient } from './native-gradient.ts';
import { sumToShape } from './sum-to-shape.ts';

/**
 * The gradient of batch normalisation with given statistics, as in a frozen layer.
 *
 * It makes one pass over the tensor for each requested gradient; tfjs-core makes three or more. The rest is
 * arithmetic on one number per channel. It allows statistics of any shape that broadcasts, e.g. `[1, C, 1, 1]`, for
 * which tfjs-core's gradient throws.
 */
export const frozenBatchNormGradient: NativeGradient = {
  gradFunc(dy, saved, { varianceEpsilon }) {
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
    const deviation = tf.rsqrt(tf.add(variance, varianceEpsilon as number));
    const factor = scale === undefined ? deviation : tf.mul(deviation, scale);
    const sumOfDy = (): tf.Tensor => sumToShape(dy, mean.shape);
    const sumOfProducts = (): tf.Tensor => sumToShape(tf.mul(dy, tf.sub(x, mean)), mean.shape);
    return {
      x: () => tf.mul(dy, factor),
      mean: () => tf.neg(tf.mul(factor, sumOfDy())),
      variance: () => tf.mul(tf.mul(tf.mul(tf.square(deviation), factor), -0.5), sumOfProducts()),
      scale: () => tf.mul(deviation, sumOfProducts()),
      offset: sumOfDy,
    };
  },
};
