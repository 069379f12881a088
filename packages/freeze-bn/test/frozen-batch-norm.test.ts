import '@tensorflow/tfjs-backend-cpu';
import { frozenBatchNorm } from '@cantrip/freeze-bn';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const two = (): tf.Tensor => tf.tensor1d([1, 4]);

describe('frozenBatchNorm', () => {
  it.each([[2], [3, 2], [3, 1, 2], [2, 3, 1, 2], [1, 2, 1, 3, 2]])('keeps the shape of x, %j', (...shape) => {
    expect(frozenBatchNorm(tf.ones(shape), { mean: two(), variance: two() }).shape).toEqual(shape);
  });

  it('leaves no tensor but its result', () => {
    const [x, mean, variance] = [tf.ones([3, 2]), two(), two()];
    const before = tf.memory().numTensors;
    frozenBatchNorm(x, { mean, variance, gamma: mean, beta: variance });
    expect(tf.memory().numTensors).toBe(before + 1);
  });

  it.each<[string, () => tf.Tensor, string]>([
    [
      'a mean of other channels',
      () => frozenBatchNorm(tf.ones([3, 2]), { mean: tf.ones([3]), variance: two() }),
      'mean must have the shape [2] of the last axis of x, got [3]',
    ],
    [
      'a variance with two axes',
      () => frozenBatchNorm(tf.ones([3, 2]), { mean: two(), variance: tf.ones([1, 2]) }),
      'variance must have the shape [2] of the last axis of x, got [1, 2]',
    ],
    [
      'a gamma that is a scalar',
      () => frozenBatchNorm(tf.ones([3, 2]), { mean: two(), variance: two(), gamma: tf.scalar(1) }),
      'gamma must have the shape [2] of the last axis of x, got []',
    ],
    [
      'a beta of other channels',
      () => frozenBatchNorm(tf.ones([3, 2]), { mean: two(), variance: two(), beta: tf.ones([1]) }),
      'beta must have the shape [2]',
    ],
    [
      'an x without axes',
      () => frozenBatchNorm(tf.scalar(1), { mean: two(), variance: two() }),
      'mean must have the shape [channels] of the last axis of x, got [2]',
    ],
    [
      'an epsilon below 0',
      () => frozenBatchNorm(tf.ones([3, 2]), { mean: two(), variance: two(), epsilon: -1 }),
      'epsilon must be a finite number of at least 0, got -1',
    ],
    [
      'an epsilon that is no number',
      () => frozenBatchNorm(tf.ones([3, 2]), { mean: two(), variance: two(), epsilon: Number.NaN }),
      'got NaN',
    ],
    [
      'an infinite epsilon',
      () => frozenBatchNorm(tf.ones([3, 2]), { mean: two(), variance: two(), epsilon: Infinity }),
      'got Infinity',
    ],
  ])('refuses %s', (_what, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(/^\[frozenBatchNorm\] .*\((SHAPE_MISMATCH|OPTION_INVALID)\)$/);
  });
});
