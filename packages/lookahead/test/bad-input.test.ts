import { openDevice } from '@cantrip/core-tensor-gpu';
import { lookahead, stepBack } from '@cantrip/lookahead';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  await openDevice('cpu');
});

describe('what is refused with a sentence that says what to do', () => {
  it.each([
    { interval: 0 },
    { interval: 2.5 },
    { interval: '1ep' },
    { rate: 0 },
    { rate: 1.5 },
    { rate: NaN },
    { evaluateWith: 'fast' },
    { k: 5 },
  ] as never[])('lookahead(%o)', (options) => {
    expect(() => lookahead(options)).toThrow(/^\[lookahead\] .+ .+\. .+\. \(OPTION_INVALID\)$/);
  });

  it('stepBack of wrong variables, before any of them changes', () => {
    const weights = { a: tf.variable(tf.tensor1d([1, 2])), b: tf.variable(tf.scalar(3)) };
    const slow = { a: tf.variable(tf.tensor1d([5, 6])) };
    expect(() => stepBack(weights, slow, 0.5)).toThrow(
      /slow\.b must have shape \[\], got none.+SHAPE_MISMATCH/,
    );
    expect(() => stepBack(weights, { ...slow, b: tf.variable(tf.zeros([1])) }, 0.5)).toThrow(/got \[1\]/);
    expect(() => stepBack({ a: tf.scalar(1) } as never, slow, 0.5)).toThrow(/must be a float32 variable/);
    expect([...weights.a.dataSync(), ...slow.a.dataSync()]).toEqual([1, 2, 5, 6]);
  });
});

describe('stepBack', () => {
  it('copies with the rate 1, bit for bit, and later changes of the weights do not reach the copy', () => {
    const weight = tf.variable(tf.tensor1d([1e-8, 3]));
    const slow = { a: tf.variable(tf.tensor1d([1e8, 1])) };
    stepBack({ a: weight }, slow, 1);
    weight.assign(tf.tensor1d([0, 0]));
    expect([...slow.a.dataSync()]).toEqual([...tf.tensor1d([1e-8, 3]).dataSync()]);
  });

  it('leaves no tensor', () => {
    const [weights, slow] = [{ a: tf.variable(tf.scalar(1)) }, { a: tf.variable(tf.scalar(0)) }];
    const before = tf.memory().numTensors;
    stepBack(weights, slow, 0.5);
    expect(tf.memory().numTensors).toBe(before);
  });
});
