import * as tf from '@tensorflow/tfjs-core';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { gelu, layerNorm } from '@cantrip/ops';
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
  readonly epsilon?: number;
  readonly approximate?: boolean;
  readonly x: Nested;
  readonly gamma?: Nested;
  readonly beta?: Nested;
  readonly upstream: Nested;
  readonly outputs: Nested;
  readonly gradients: Readonly<Record<string, Nested>>;
}

const { cases, tolerance } = loadGolden<{ layerNorm: Record<string, Case>; gelu: Record<string, Case> }>(
  new URL('../golden/transformer-ops.json', import.meta.url),
);
const tensor = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);

type Compute = (given: Readonly<Record<string, tf.Tensor>>) => tf.Tensor;

/** Compares the outputs and the gradients of all given tensors with PyTorch's. */
function expectAsGolden(example: Case, compute: Compute): void {
  const names = Object.keys(example.gradients);
  const values = names.map((name) => tensor((example as unknown as Record<string, Nested>)[name]!));
  const named = (given: readonly tf.Tensor[]): Record<string, tf.Tensor> =>
    Object.fromEntries(given.map((value, i) => [names[i]!, value]));
  const outputs = compute(named(values));
  expect(outputs.shape).toEqual(tensor(example.outputs).shape);
  expectClose(outputs, example.outputs, tolerance);
  const loss = (...given: tf.Tensor[]): tf.Tensor =>
    tf.sum(tf.mul(compute(named(given)), tensor(example.upstream)));
  const got = tf.grads(loss)(values);
  for (const [i, name] of names.entries()) expectClose(got[i]!, example.gradients[name]!, tolerance);
}

describe.each(await presentDevices(deviceNames))('on %s', (device) => {
  beforeAll(() => openDevice(device));

  describe('layerNorm', () => {
    it.each(Object.entries(cases.layerNorm))("gives PyTorch's outputs and gradients: %s", (_, example) => {
      expectAsGolden(example, ({ x, gamma, beta }) =>
        layerNorm(x!, { gamma, beta, epsilon: example.epsilon }),
      );
    });

    it('can be differentiated twice', () => {
      const weights = scattered([3, 4], 5);
      const compute = (x: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(tf.square(layerNorm(x, { epsilon: 0.1 })), weights));
      expectGradients((x) => tf.sum(tf.square(tf.grad(compute)(x!))), [scattered([3, 4])], {
        tolerance: 2e-2,
      });
    });
  });

  describe('gelu', () => {
    it.each(Object.entries(cases.gelu))("gives PyTorch's outputs and gradients: %s", (_, example) => {
      expectAsGolden(example, ({ x }) => gelu(x!, { approximate: example.approximate }));
    });

    it.each([false, true])('can be differentiated twice, approximate: %s', (approximate) => {
      const compute = (x: tf.Tensor): tf.Tensor => tf.sum(gelu(x, { approximate }));
      expectGradients((x) => tf.sum(tf.square(tf.grad(compute)(x!))), [scattered([3, 4])], {
        tolerance: 2e-2,
      });
    });
  });

  it('leave their results and nothing else', () => {
    const [x, gamma] = [scattered([2, 3, 4]), scattered([4])];
    const before = tf.memory().numTensors;
    const compute = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.tidy(() => gelu(layerNorm(a, { gamma: b })));
    tf.dispose(compute(x, gamma));
    tf.dispose(tf.grads((a, b) => tf.sum(compute(a!, b!)))([x, gamma]));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('layerNorm', () => {
  it.each([
    ['a scalar', () => layerNorm(tf.scalar(1)), /inputs must have at least one axis.*SHAPE_MISMATCH/],
    [
      'integers',
      () => layerNorm(tf.zeros([2, 3], 'int32')),
      /inputs must be a float32 tensor.*OPTION_INVALID/,
    ],
    [
      'a negative epsilon',
      () => layerNorm(tf.zeros([3]), { epsilon: -1 }),
      /epsilon .*got -1.*OPTION_INVALID/,
    ],
    [
      'gamma of another size',
      () => layerNorm(tf.zeros([2, 3]), { gamma: tf.ones([2]) }),
      /gamma must have the shape \[3\] of the channels, got \[2\].*SHAPE_MISMATCH/,
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
