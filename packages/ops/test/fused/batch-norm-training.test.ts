import * as tf from '@tensorflow/tfjs-core';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { batchNormTraining } from '@cantrip/ops';
import {
  expectClose,
  expectGradients,
  loadGolden,
  type Nested,
  presentDevices,
  scattered,
} from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly axis: number;
  readonly epsilon: number;
  readonly x: Nested;
  readonly gamma?: Nested;
  readonly beta?: Nested;
  readonly upstream: Nested;
  readonly outputs: Nested;
  readonly mean: Nested;
  readonly variance: Nested;
  readonly gradients: Readonly<Record<string, Nested>>;
}

const golden = loadGolden<{ batchNorm: Record<string, Case> }>(
  new URL('../golden/fused.json', import.meta.url),
);
const cases = Object.entries(golden.cases.batchNorm);
const tensor = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);
const optional = (values: Nested | undefined): tf.Tensor | undefined =>
  values === undefined ? undefined : tensor(values);

describe.each(await presentDevices(deviceNames))('batchNormTraining on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(cases)("gives PyTorch's outputs and statistics: %s", (_, { x, axis, epsilon, ...expected }) => {
    const gamma = optional(expected.gamma);
    const beta = optional(expected.beta);
    const { outputs, mean, variance } = batchNormTraining(tensor(x), { gamma, beta, axis, epsilon });
    expect(outputs.shape).toEqual(tensor(expected.outputs).shape);
    expectClose(outputs, expected.outputs, golden.tolerance);
    expectClose(mean, expected.mean, golden.tolerance);
    expectClose(variance, expected.variance, golden.tolerance);
  });

  it.each(cases)("gives PyTorch's gradients: %s", (_, { axis, epsilon, upstream, gradients, ...given }) => {
    const names = Object.keys(gradients);
    const inputs = names.map((name) => tensor((given as unknown as Record<string, Nested>)[name]!));
    const loss = (...values: tf.Tensor[]): tf.Tensor => {
      const { x, gamma, beta } = Object.fromEntries(values.map((value, i) => [names[i]!, value] as const));
      const { outputs } = batchNormTraining(x!, { gamma, beta, axis, epsilon });
      return tf.sum(tf.mul(outputs, tensor(upstream)));
    };
    const got = tf.grads(loss)(inputs);
    for (const [i, name] of names.entries()) expectClose(got[i]!, gradients[name]!, golden.tolerance);
  });

  it.each([
    [[6, 3], -1],
    [[2, 3, 2, 3], -1],
    [[2, 3, 4], 1],
  ] as const)('has the gradients that differences show: %j, axis %i', (shape, axis) => {
    const channels = shape.at(axis)!;
    const weights = scattered([...shape], 5);
    expectGradients(
      (x, gamma, beta) => tf.sum(tf.mul(batchNormTraining(x!, { gamma, beta, axis }).outputs, weights)),
      [scattered([...shape], 1), scattered([channels], 2), scattered([channels], 3)],
    );
  });

  it('can be differentiated twice', () => {
    const weights = scattered([4, 3], 5);
    const compute = (x: tf.Tensor): tf.Tensor =>
      tf.sum(tf.mul(tf.square(batchNormTraining(x, { epsilon: 0.1 }).outputs), weights));
    expectGradients((x) => tf.sum(tf.square(tf.grad(compute)(x!))), [scattered([4, 3])], { tolerance: 2e-2 });
  });

  it('takes the statistics for constants', () => {
    const x = scattered([4, 2]);
    const ofMean = tf.grad((value) => tf.sum(batchNormTraining(value).mean))(x);
    expect([...ofMean.dataSync()]).toEqual(new Array(8).fill(0));
  });

  it('gives a variance of 0 to a batch of one', () => {
    const { outputs, variance } = batchNormTraining(tf.tensor2d([[3, 5]]), { beta: tf.tensor1d([1, 2]) });
    expect([...variance.dataSync(), ...outputs.dataSync()]).toEqual([0, 0, 1, 2]);
  });

  it('leaves its three results and nothing else', () => {
    const [x, gamma] = [scattered([2, 3, 2]), scattered([3])];
    const before = tf.memory().numTensors;
    tf.dispose(batchNormTraining(x, { gamma, axis: 1 }));
    tf.dispose(tf.grads((a, b) => tf.sum(batchNormTraining(a!, { gamma: b, axis: 1 }).outputs))([x, gamma]));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('batchNormTraining', () => {
  const x = (): tf.Tensor => tf.zeros([2, 3]);
  it.each([
    [
      'an axis that is not there',
      () => batchNormTraining(x(), { axis: 2 }),
      /axis must be one of.*got 2.*OPTION_INVALID/,
    ],
    ['a broken axis', () => batchNormTraining(x(), { axis: -0.5 }), /got -0.5.*OPTION_INVALID/],
    ['a negative epsilon', () => batchNormTraining(x(), { epsilon: -1 }), /epsilon .*got -1.*OPTION_INVALID/],
    [
      'gamma of another size',
      () => batchNormTraining(x(), { gamma: tf.ones([2]) }),
      /gamma must have the shape \[3\].*got \[2\].*SHAPE_MISMATCH/,
    ],
    [
      'beta of two axes',
      () => batchNormTraining(x(), { beta: tf.ones([1, 3]) }),
      /beta must have the shape \[3\].*got \[1, 3\].*SHAPE_MISMATCH/,
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
