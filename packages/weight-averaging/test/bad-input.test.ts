import { openDevice } from '@cantrip/core-tensor-gpu';
import {
  emaDecay,
  moveAverages,
  stochasticWeightAveraging,
  weightAveraging,
} from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  await openDevice('cpu');
});

const sentence = /^\[\w+\] .+ .+\. .+\. \(OPTION_INVALID\)$/;

describe('what is refused with a sentence that says what to do', () => {
  it.each([
    { decay: 1.5 },
    { decay: -0.1 },
    { decay: NaN },
    { decay: 0.9, halfLife: 10 },
    { halfLife: 0 },
    { halfLife: '0ep' },
    { every: 0 },
    { start: 0.5 },
    { warmup: 'yes' },
    { warmup: { gamma: 0 } },
    { warmup: { powre: 1 } },
    { statistics: 'move' },
    { evaluateWith: 'both' },
    { deacy: 0.9 },
  ] as never[])('weightAveraging(%o)', (options) => {
    expect(() => weightAveraging(options)).toThrow(sentence);
  });

  it.each([
    { learningRate: -1 },
    { learningRate: NaN },
    { anneal: -1 },
    { annealing: 'cos' },
    { every: '0%' },
    { decay: 0.9 },
  ] as never[])('stochasticWeightAveraging(%o)', (options) => {
    expect(() => stochasticWeightAveraging(options)).toThrow(sentence);
  });

  it('emaDecay of a wrong age', () => {
    for (const age of [-1, 1.5, NaN, '1'] as never[]) expect(() => emaDecay(age)).toThrow(sentence);
  });

  it('moveAverages of wrong tensors, before any average changes', () => {
    const averages = { a: tf.variable(tf.tensor1d([1, 2])), b: tf.variable(tf.scalar(3)) };
    const a = tf.tensor1d([5, 6]);
    expect(() => moveAverages(averages, { a }, 0.5)).toThrow(
      /values\.b must have shape \[\], got none.+SHAPE_MISMATCH/,
    );
    expect(() => moveAverages(averages, { a, b: tf.zeros([1]) }, 0.5)).toThrow(/got \[1\]/);
    for (const share of [2, -1, NaN, tf.zeros([2])] as never[])
      expect(() => moveAverages(averages, { a, b: tf.scalar(1) }, share)).toThrow(sentence);
    expect(() => moveAverages({ a: tf.scalar(1) } as never, { a }, 0.5)).toThrow(
      /must be a float32 variable/,
    );
    expect([...averages.a.dataSync(), ...averages.b.dataSync()]).toEqual([1, 2, 3]);
  });
});

describe('moveAverages', () => {
  it('leaves an average of equal values as it is, however often it runs', () => {
    const averages = { a: tf.variable(tf.tensor1d([0.1, 1 / 3, -7e5])) };
    const before = [...averages.a.dataSync()];
    const values = { a: tf.tensor1d(before) };
    for (let i = 0; i < 1000; i++) moveAverages(averages, values, 1 - 0.9999);
    expect([...averages.a.dataSync()]).toEqual(before);
  });

  it('copies with the share 1, bit for bit, and later changes of the value do not reach the copy', () => {
    const value = tf.variable(tf.tensor1d([1e-8, 3]));
    const averages = { a: tf.variable(tf.tensor1d([1e8, 1])) };
    moveAverages(averages, { a: value }, 1);
    value.assign(tf.tensor1d([0, 0]));
    expect([...averages.a.dataSync()]).toEqual([...tf.tensor1d([1e-8, 3]).dataSync()]);
  });

  it('leaves no tensor', () => {
    const averages = { a: tf.variable(tf.tensor1d([1, 2])) };
    const value = tf.tensor1d([3, 4]);
    const before = tf.memory().numTensors;
    moveAverages(averages, { a: value }, 0.5);
    expect(tf.memory().numTensors).toBe(before);
  });
});
