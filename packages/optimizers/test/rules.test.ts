import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  adamUpdate,
  adamwUpdate,
  clipByGlobalNorm,
  clipByValue,
  rmspropUpdate,
  ruleOptimizer,
  sgdUpdate,
  type NamedTensors,
} from '../src/index.ts';
import { mapValues } from './training.ts';

const parameter = tf.tensor1d([1, 1]);
const gradient = tf.tensor1d([5, -0.01]);
const learningRate = tf.scalar(0.001);

function expectClose(actual: tf.Tensor | undefined, expected: number[]): void {
  const got = [...(actual as tf.Tensor).dataSync()];
  expect(got.length).toBe(expected.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 6));
}

describe('the examples of the documentation', () => {
  it('sgdUpdate', () => {
    const options = { learningRate: tf.scalar(0.1), momentum: 0.9 };
    const first = sgdUpdate(tf.tensor1d([1, 2]), tf.tensor1d([1, 1]), {}, options);
    expectClose(first.parameter, [0.9, 1.9]);
    expectClose(first.slots.momentum, [1, 1]);
    const second = sgdUpdate(first.parameter, tf.tensor1d([1, 1]), first.slots, options);
    expectClose(second.parameter, [0.71, 1.71]);
    expectClose(second.slots.momentum, [1.9, 1.9]);
  });

  it('adamUpdate, adamwUpdate, rmspropUpdate', () => {
    expectClose(adamUpdate(parameter, gradient, {}, { learningRate }).parameter, [0.999, 1.001]);
    const decaying = { learningRate, weightDecay: 0.1 };
    expectClose(adamwUpdate(parameter, gradient, {}, decaying).parameter, [0.9989, 1.0009]);
    const rate = { learningRate: tf.scalar(0.01) };
    const { parameter: updated } = rmspropUpdate(parameter, gradient, {}, rate);
    updated.dataSync().forEach((value, i) => expect(value).toBeCloseTo([0.9, 1.1][i] as number, 5));
  });

  it('clipByGlobalNorm, clipByValue', () => {
    const gradients = { kernel: tf.tensor1d([3, 0]), bias: tf.tensor1d([4]) };
    const clipped = clipByGlobalNorm(gradients, 1);
    expectClose(clipped.kernel, [0.6, 0]);
    expectClose(clipped.bias, [0.8]);
    expectClose(clipByValue({ kernel: tf.tensor1d([3, -0.2]) }, 0.5).kernel, [0.5, -0.2]);
  });

  it('ruleOptimizer', () => {
    const optimizer = ruleOptimizer({
      name: 'signDescent',
      learningRate: 0.01,
      rule: {
        slots: {},
        update: (value, slope, _slots, { learningRate: rate }) => ({
          parameter: tf.sub(value, tf.mul(rate, tf.sign(slope))),
          slots: {},
        }),
      },
    });
    const x = tf.variable(parameter);
    const update = { variables: { x }, gradients: { x: gradient }, learningRate, phase: 'update' } as const;
    optimizer.start().apply(update);
    expectClose(x, [0.999, 1.001]);
  });
});

describe('a rule', () => {
  it.each([
    ['sgdUpdate', sgdUpdate, { momentum: 0.9, dampening: 0.1 }],
    ['adamUpdate', adamUpdate, {}],
    ['adamwUpdate', adamwUpdate, { weightDecay: 0.1 }],
    ['rmspropUpdate', rmspropUpdate, { centered: true, momentum: 0.9 }],
  ])('%s changes none of its arguments', (_name, update, options) => {
    const given = { learningRate, ...options };
    const { slots } = update(parameter, gradient, {}, given);
    const before = numbers({ parameter, gradient, learningRate, ...slots });
    update(parameter, gradient, slots, given);
    expect(numbers({ parameter, gradient, learningRate, ...slots })).toEqual(before);
  });

  it('divides by no root of a negative variance when a centered gradient never changes', () => {
    let [value, slots]: [tf.Tensor, NamedTensors] = [parameter, {}];
    for (let step = 0; step < 1300; step += 1) {
      const options = { learningRate, centered: true };
      ({ parameter: value, slots } = rmspropUpdate(value, tf.tensor1d([0.1, 0.7]), slots, options));
    }
    expect([...value.dataSync()].every(Number.isFinite)).toBe(true);
  });
});

function numbers(tensors: NamedTensors): unknown {
  return mapValues(tensors, (tensor) => [...tensor.dataSync()]);
}
