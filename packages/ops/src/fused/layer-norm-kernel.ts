import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '../kernels/differentiated-again.ts';
import { kernelNames } from '../kernels/kernel-names.ts';
import type { Attributes, OwnKernel } from '../kernels/own-kernel.ts';

interface LayerNormInputs extends Record<string, tf.Tensor> {
  /** `[rows, channels]` */
  readonly x: tf.Tensor;
  /** `[channels]` */
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
}

/** Layer normalisation of rows. Outputs: y, the normalised values, and the inverse deviation of each row `[rows, 1]`. */
export const layerNormKernel: OwnKernel<LayerNormInputs> = {
  name: kernelNames.layerNorm,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  composed({ x, gamma, beta }, attributes) {
    const { normalized, inverse } = normalize(x, attributes);
    return [tf.add(tf.mul(normalized, gamma), beta), normalized, inverse];
  },
  gradient([dy], saved, attributes) {
    const [x, gamma, ...rest] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    // The saved outputs would be constants in a second derivative.
    const { normalized, inverse } = differentiatedAgain()
      ? normalize(x, attributes)
      : { normalized: rest[0], inverse: rest[1] };
    const products = tf.mul(dy!, normalized);
    return {
      x: () => {
        // The means over a row of `dy * gamma` and of `dy * gamma * normalized`, as products with a vector.
        const share = tf.reshape(tf.div(gamma, x.shape[1]!), [-1, 1]);
        const [mean, slope] = [dy!, products].map((rows) =>
          tf.matMul(rows as tf.Tensor2D, share as tf.Tensor2D),
        );
        const centred = tf.sub(tf.sub(tf.mul(dy!, gamma), mean!), tf.mul(normalized, slope!));
        return tf.mul(centred, inverse);
      },
      gamma: () => tf.sum(products, 0),
      beta: () => tf.sum(dy!, 0),
    };
  },
};

interface Normalized {
  readonly normalized: tf.Tensor;
  readonly inverse: tf.Tensor;
}

function normalize(x: tf.Tensor, attributes: Attributes): Normalized {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const inverse = tf.rsqrt(tf.add(variance, attributes['epsilon']!));
  return { normalized: tf.mul(centred, inverse), inverse };
}
