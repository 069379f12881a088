import * as tf from '@tensorflow/tfjs-core';
import { replaceGradient } from './replace-gradient.ts';

/**
 * Corrects the one gradient of tfjs-core that differs from TensorFlow's and PyTorch's: that of relu6 lets pass what
 * flows back to an input of exactly 6, so that bytes and other round numbers would train another way on each device.
 */
export function correctGradients(): void {
  replaceGradient('corrected', tf.Relu6, () => ({
    gradFunc: (dy, [x]) => ({
      x: () => tf.mul(dy as tf.Tensor, tf.cast(tf.logicalAnd(tf.greater(x!, 0), tf.less(x!, 6)), 'float32')),
    }),
  }));
}
