import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smoothLabels } from '../src/index.ts';

beforeAll(() => presentDevices(['cpu']));

describe('smoothLabels', () => {
  it('adds an axis of classes to class indices of any rank', () => {
    for (const shape of [[], [3], [2, 3], [2, 2, 3], [2, 1, 2, 3]]) {
      const smoothed = smoothLabels(tf.zeros(shape, 'int32'), { classes: 4 });
      expect(smoothed.shape).toEqual([...shape, 4]);
      expect(smoothed.dtype).toBe('float32');
    }
  });

  it('keeps the shape of soft targets of any rank', () => {
    for (const shape of [[4], [3, 4], [2, 3, 4], [2, 2, 3, 4]]) {
      expect(smoothLabels(tf.fill(shape, 0.25)).shape).toEqual(shape);
    }
  });

  it('gives bit for bit the same for indices and for their one-hot form', () => {
    const indices = tf.tensor1d([2, 0, 1], 'int32');
    const oneHot = tf.tensor2d([0, 0, 1, 1, 0, 0, 0, 1, 0], [3, 3]);
    const fromIndices = smoothLabels(indices, { smoothing: 0.3, classes: 3 });
    expect(fromIndices.arraySync()).toEqual(smoothLabels(oneHot, { smoothing: 0.3 }).arraySync());
  });

  it('keeps the sum of every row 1', () => {
    const sums = tf.sum(smoothLabels(tf.tensor1d([0, 3], 'int32'), { smoothing: 0.4, classes: 5 }), -1);
    for (const sum of sums.dataSync()) expect(sum).toBeCloseTo(1, 6);
  });

  it('returns soft targets bit for bit without smoothing', () => {
    const values = new Float32Array([0.1, 0.9, -0, 1, 1e-40, 0.3]);
    const same = smoothLabels(tf.tensor2d(values, [3, 2]), { smoothing: 0 });
    expect(new Uint32Array(same.dataSync().slice().buffer)).toEqual(new Uint32Array(values.slice().buffer));
  });

  it('returns exact ones and zeros for indices without smoothing', () => {
    const same = smoothLabels(tf.tensor1d([1, 0], 'int32'), { smoothing: 0, classes: 2 });
    expect(Array.from(same.dataSync())).toEqual([0, 1, 1, 0]);
  });

  it('gives an index out of range the same small share everywhere, for no value is read', () => {
    const smoothed = smoothLabels(tf.tensor1d([4], 'int32'), { smoothing: 0.5, classes: 2 });
    expect(Array.from(smoothed.dataSync())).toEqual([0.25, 0.25]);
  });

  it('passes 1 - smoothing of a gradient on to soft targets', () => {
    const gradient = tf.grad((labels) => tf.sum(smoothLabels(labels, { smoothing: 0.25 })))(tf.zeros([2, 3]));
    for (const value of gradient.dataSync()) expect(value).toBe(0.75);
  });

  it('leaves one new tensor, that of its result, which is its own to dispose', () => {
    const labels = tf.tensor2d([[0, 1]]);
    for (const smoothing of [0, 0.1]) {
      const before = tf.memory().numTensors;
      const smoothed = smoothLabels(labels, { smoothing });
      expect(tf.memory().numTensors).toBe(before + 1);
      smoothed.dispose();
      expect(labels.isDisposed).toBe(false);
    }
  });
});
