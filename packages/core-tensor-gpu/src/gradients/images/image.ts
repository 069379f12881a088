import * as tf from '@tensorflow/tfjs-core';
import type { GradientTable } from '../gradient-table.ts';

/** An image that is turned from left to right. */
export const imageGradients: GradientTable = {
  [tf.FlipLeftRight]: {
    of: ([dy]) => ({ image: () => tf.reverse(dy!, 2) }),
  },
};
