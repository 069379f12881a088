import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '@cantrip/ops';
import type { Gradient } from '../tape/gradient-table.ts';

/** The gradient of local response normalization: the kernel, or a composition if it is differentiated again. */
export const responseNormalizationGradient: Gradient = {
  inputsToSave: ['x'],
  outputsToSave: [true],
  of: ([dy], [x, y], attributes) => ({
    x: () => {
      if (!differentiatedAgain()) {
        const inputs = { x: x!, y: y!, dy: dy! };
        return tf.engine().runKernel(tf.LRNGrad, inputs, attributes as tf.NamedAttrMap);
      }
      const { depthRadius, bias, alpha, beta } = attributes as unknown as tf.LRNAttrs;
      const squares = tf.add(bias, tf.mul(alpha, overNeighbours(tf.square(x!), depthRadius)));
      const direct = tf.mul(dy!, tf.pow(squares, -beta));
      const shares = tf.mul(tf.mul(dy!, x!), tf.pow(squares, -beta - 1));
      const through = tf.mul(tf.mul(x!, 2 * alpha * beta), overNeighbours(shares, depthRadius));
      return tf.sub(direct, through);
    },
  }),
};

/** The sum over all channels within the radius of each channel: a product with a band of ones. */
function overNeighbours(x: tf.Tensor, radius: number): tf.Tensor {
  const channels = x.shape.at(-1)!;
  const band = tf.tensor2d(
    Array.from({ length: channels * channels }, (_, i) =>
      Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
    ),
    [channels, channels],
  );
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, channels]), band), x.shape);
}
