import {
  descendInPlace,
  descendWithMomentumInPlace,
  frozenBatchNorm,
  globalNorm,
  normalizeBytes,
  sparseCrossEntropyParts,
} from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';

const two = tf.tensor1d([1, 2]);
const three = tf.tensor1d([1, 2, 3]);
const whole = tf.tensor1d([0, 1], 'int32');
const rate = tf.scalar(0.1);
const images = tf.ones([1, 1, 1, 2]);
const statistics = { mean: two, variance: two, gamma: two, beta: two, epsilon: 1e-3 };
const variable = (): tf.Variable => tf.variable(two);

it.each<readonly [string, () => unknown, string]>([
  [
    'images without a batch axis',
    () => frozenBatchNorm(tf.ones([1, 1, 2]), statistics),
    '[frozenBatchNorm] x must have 4 axes, got shape [1, 1, 2]. Give x this shape, e.g. with tf.reshape. (SHAPE_MISMATCH)',
  ],
  [
    'statistics of other channels',
    () => frozenBatchNorm(images, { ...statistics, variance: three }),
    '[frozenBatchNorm] variance must have shape [2], got shape [3].',
  ],
  [
    'whole numbers for a scale',
    () => frozenBatchNorm(images, { ...statistics, gamma: whole }),
    "[frozenBatchNorm] gamma must be float32, got int32. Convert it with tf.cast(gamma, 'float32'). (DTYPE_MISMATCH)",
  ],
  [
    'logits of one example',
    () => sparseCrossEntropyParts(two, whole),
    '[sparseCrossEntropyParts] logits must have 2 axes, got shape [2].',
  ],
  [
    'indices of another number of rows',
    () => sparseCrossEntropyParts(tf.ones([3, 2]), whole),
    '[sparseCrossEntropyParts] indices must have shape [3], got shape [2].',
  ],
  [
    'indices that are no whole numbers',
    () => sparseCrossEntropyParts(tf.ones([2, 2]), two),
    '[sparseCrossEntropyParts] indices must be int32, got float32.',
  ],
  [
    'whole numbers among tensors',
    () => globalNorm([two, whole]),
    '[globalNorm] tensors[1] must be float32, got int32.',
  ],
  [
    'a gradient of another shape',
    () => descendInPlace(variable(), three, { learningRate: rate }),
    '[descendInPlace] gradient must have shape [2], got shape [3].',
  ],
  [
    'a learning rate for each value',
    () => descendInPlace(variable(), two, { learningRate: two as unknown as tf.Scalar }),
    '[descendInPlace] learningRate must have no axes (a scalar), got shape [2].',
  ],
  [
    'a velocity of another shape',
    () =>
      descendWithMomentumInPlace(variable(), tf.variable(three), two, { learningRate: rate, momentum: 0.9 }),
    '[descendWithMomentumInPlace] velocity must have shape [2], got shape [3].',
  ],
  [
    'a momentum for each value',
    () =>
      descendWithMomentumInPlace(variable(), variable(), two, {
        learningRate: rate,
        momentum: two as unknown as tf.Scalar,
      }),
    '[descendWithMomentumInPlace] momentum must have no axes (a scalar), got shape [2].',
  ],
  [
    'factors of other channels',
    () => normalizeBytes(images, { scale: [1, 2, 3], offset: 0 }),
    '[normalizeBytes] scale has 3 numbers, but the tensor of shape [1, 1, 1, 2] has 2 channels.',
  ],
])('%s are refused in one sentence', (_, call, message) => {
  expect(call).toThrow(message);
});
