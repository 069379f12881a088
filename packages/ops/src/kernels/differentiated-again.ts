import * as tf from '@tensorflow/tfjs-core';

/**
 * Returns whether the gradient that is being computed will itself be differentiated, as in a gradient penalty. Such
 * a gradient must consist of TensorFlow.js ops, because the tape does not see inside a kernel.
 */
export function differentiatedAgain(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
