import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { frozenBatchNorm } from '@cantrip/ops';
import { expectGradients, presentDevices, scattered } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeBinding } from '../native/native-binding.ts';

const activations: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, op: string])[] = [
  ['relu', tf.relu, 'ReluGrad'],
  ['relu6', tf.relu6, 'Relu6Grad'],
  ['elu', tf.elu, 'EluGrad'],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.2), 'LeakyReluGrad'],
  ['sigmoid', tf.sigmoid, 'SigmoidGrad'],
  ['softplus', tf.softplus, 'SoftplusGrad'],
  ['tanh', tf.tanh, 'TanhGrad'],
];

const weighted = (y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(y, scattered(y.shape, 9)));

/** Names of the ops that TensorFlow runs, and shapes of the tensors that are uploaded, in this work. */
function observe(work: () => void): { readonly ops: string[]; readonly uploads: string[] } {
  const binding = nativeBinding();
  const { executeOp, createTensor } = binding;
  const [ops, uploads]: [string[], string[]] = [[], []];
  binding.executeOp = (name, ...rest) => (ops.push(name), executeOp(name, ...rest));
  binding.createTensor = (shape, ...rest) => (
    uploads.push(`[${shape.join()}]`),
    createTensor(shape, ...rest)
  );
  try {
    tf.tidy(work);
  } finally {
    Object.assign(binding, { executeOp, createTensor });
  }
  return { ops, uploads };
}

describe.each(await presentDevices(['cuda', 'tensorflow']))('gradients on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(activations)('of %s are what differences show, by one op', (_, activation, op) => {
    const compute = (x: tf.Tensor): tf.Tensor => weighted(activation(x));
    // On both sides of 0, and of the 6 where relu6 ends.
    const x = tf.mul(scattered([3, 8]), 9);
    expectGradients((given) => compute(given!), [x]);
    expect(observe(() => void tf.grad(compute)(x)).ops).toContain(op);
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['sqrt', tf.sqrt],
    ['rsqrt', tf.rsqrt],
  ])('of %s are what differences show', (_, root) => {
    expectGradients((x) => weighted(root(x!)), [tf.add(scattered([2, 3]), 2)]);
  });

  it.each([
    [undefined, false],
    [undefined, true],
    [0, false],
    [[-1], false],
    [[0, 2], false],
    [[0, 2], true],
  ] as const)('of sums and means over %j, axes kept: %s, upload no ones', (axis, keep) => {
    const x = scattered([2, 3, 4]);
    for (const reduce of [tf.sum, tf.mean]) {
      const loss = (given: tf.Tensor): tf.Tensor =>
        weighted(reduce(given, axis as number | number[] | undefined, keep));
      expectGradients((given) => loss(given!), [x], { step: 0.1 });
      expect(observe(() => void tf.grad(loss)(x)).uploads).not.toContain('[2,3,4]');
    }
  });

  it.each([
    [[3], true],
    [[1, 1, 3], true],
    [[2, 2, 3], false],
    [[2, 1, 3], false],
    [[2, 1], false],
    [[], false],
  ] as const)('of adding and subtracting a %j, by the op for a bias: %s', (shape, bias) => {
    const inputs = [scattered([2, 2, 3], 1), scattered([...shape], 2)];
    for (const combine of [tf.add, tf.sub]) {
      const loss = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => weighted(combine(a, b));
      expectGradients((a, b) => loss(a!, b!), inputs, { step: 0.1 });
      const { ops } = observe(() => void tf.grads((a, b) => loss(a!, b!))(inputs));
      expect(ops.includes('BiasAddGrad')).toBe(bias);
    }
  });

  it('of two values that were added are not one tensor, which tfjs-core would dispose of', () => {
    const compute = (x: tf.Tensor): tf.Tensor => {
      const [p, q] = [tf.square(x), tf.mul(x, 3)];
      const usedBefore = tf.square(p);
      return weighted(tf.add(tf.add(p, q), usedBefore));
    };
    expectGradients((x) => compute(x!), [scattered([2, 3])]);
  });

  it.each([
    ['each channel', [3]],
    ['each channel of axis 1', [1, 2, 1, 1]],
    ['each number', [2, 2, 2, 3]],
  ])('of normalising with given statistics for %s', (_, shape) => {
    const of = (seed: number, least: number): tf.Tensor => tf.add(scattered(shape, seed), least);
    expectGradients(
      (x, mean, variance, scale, offset) =>
        weighted(
          tf.batchNorm4d(
            x as tf.Tensor4D,
            mean as tf.Tensor1D,
            variance as tf.Tensor1D,
            offset as tf.Tensor1D,
            scale as tf.Tensor1D,
          ),
        ),
      [scattered([2, 2, 2, 3]), of(2, 0), of(3, 2), of(4, 0), of(5, 0)],
    );
  });

  describe('of normalising with given statistics, gamma and beta', () => {
    const statistics = (): tf.Tensor[] => [scattered([3], 2), tf.add(scattered([3], 3), 2)];
    const normalize = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor => {
      const [mean, variance] = statistics();
      return frozenBatchNorm(x, { mean: mean!, variance: variance!, gamma, beta, epsilon: 1e-3 });
    };
    const given = (): tf.Tensor[] => [scattered([2, 2, 2, 3]), scattered([3], 4), scattered([3], 5)];

    it('are all three by one op, which differences show', () => {
      const loss = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
        weighted(normalize(x, gamma, beta));
      expectGradients((x, gamma, beta) => loss(x!, gamma!, beta!), given());
      const { ops } = observe(() => void tf.grads((x, gamma, beta) => loss(x!, gamma!, beta!))(given()));
      expect(ops.filter((op) => op.startsWith('FusedBatchNorm'))).toEqual([
        'FusedBatchNormV3',
        'FusedBatchNormGradV3',
      ]);
    });

    it('can be differentiated again', () => {
      const compute = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
        weighted(tf.square(normalize(x, gamma, beta)));
      const squares = (inputs: readonly tf.Tensor[]): tf.Tensor =>
        tf.addN(
          tf
            .grads((x, gamma, beta) => compute(x!, gamma!, beta!))([...inputs])
            .map((one) => tf.sum(tf.square(one))),
        );
      expectGradients((...inputs) => squares(inputs), given(), { tolerance: 2e-2 });
    });
  });

  it('beside whole numbers are those of tfjs-core', () => {
    const whole = tf.tensor2d([[1, 2]], undefined, 'int32');
    const gradient = tf.grad((x) => tf.sum(tf.add(tf.mul(x, 3), whole)));
    expect([...gradient(tf.tensor1d([-2, 3])).dataSync()]).toEqual([3, 3]);
  });

  it('can be differentiated again', () => {
    const compute = (x: tf.Tensor): tf.Tensor =>
      tf.mean(tf.square(tf.relu(tf.add(tf.square(x), tf.sum(x, 0)))));
    expectGradients((x) => tf.sum(tf.square(tf.grad(compute)(x!))), [scattered([4, 3])]);
  });
});

describe('gradients', () => {
  it('of other devices stay as they were once a native device was open', async () => {
    await openDevice('cpu');
    for (const [, activation] of activations)
      expectGradients((x) => weighted(activation(x!)), [scattered([2, 4])]);
    expectGradients((x, b) => tf.mean(tf.square(tf.add(x!, b!))), [scattered([4, 3]), scattered([3], 2)]);
  });
});
