import * as tf from '@tensorflow/tfjs-core';

/**
 * Whether a gradient that is being computed will itself be differentiated, as for a gradient penalty: then it must
 * consist of TensorFlow.js's ops, because the tape does not see what a kernel does.
 */
export function differentiatedAgain(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
