import '@tensorflow/tfjs-backend-cpu';
import { weightedMean } from '@cantrip/ops';
import { expectClose as expectWithin, expectGradients, type Nested, scattered } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const expectClose = (got: tf.Tensor, wanted: Nested): void => expectWithin(got, wanted, { relative: 1e-6 });
const values = tf.tensor2d([
  [1, 2],
  [3, 4],
]);

describe('weightedMean', () => {
  it('divides by the sum of the weights', () => {
    expectClose(weightedMean(tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 0, 3])), 2.5); // (1 + 9) / 4
    expectClose(weightedMean(values), 2.5);
    const diagonal = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    expectClose(weightedMean(values, diagonal), 2.5);
  });

  it('counts the weight of a row for each value of the row', () => {
    expectClose(weightedMean(values, tf.tensor1d([3, 1])), 2); // (3 * 1 + 3 * 2 + 3 + 4) / 8
    expectClose(weightedMean(values, tf.scalar(2)), 2.5);
  });

  it('does not read a value of weight 0, and is 0 without any weight', () => {
    expectClose(weightedMean(tf.tensor1d([NaN, 2]), tf.tensor1d([0, 1])), 2);
    expectClose(weightedMean(tf.tensor1d([NaN, Infinity]), tf.zeros([2])), 0);
    const gradient = tf.grad((x: tf.Tensor) => weightedMean(x, tf.zeros([2])))(tf.tensor1d([1, 2]));
    expectClose(gradient, [0, 0]);
  });

  it('has the gradients that differences show', () => {
    expectGradients((x) => weightedMean(x!, tf.tensor1d([2, 0.5])), [scattered([2, 3], 1)]);
  });

  it('refuses weights of other axes', () => {
    expect(() => weightedMean(values, tf.ones([3]))).toThrow(
      '[weightedMean] weights must have the first axes of the values [2, 2], got shape [3].',
    );
    expect(() => weightedMean(tf.scalar(1), tf.ones([1]))).toThrow('SHAPE_MISMATCH');
  });
});
