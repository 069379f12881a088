import { distillation } from '../src/index.ts';
import type { TrickTogether } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';

/** Three numbers from the mean of an image of any size. */
const teacher = (inputs: unknown): tf.Tensor => {
  const mean = tf.mean(inputs as tf.Tensor, [1, 2, 3]);
  return tf.stack([mean, tf.square(mean), tf.neg(mean)], 1);
};

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'distillation', create: () => distillation({ teacher }) },
];
