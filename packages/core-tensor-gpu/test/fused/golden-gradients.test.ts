import * as tf from '@tensorflow/tfjs-core';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly x: Nested;
  readonly upstream: Nested;
  readonly outputs: Nested;
  readonly gradient: Nested;
}

interface Reduction extends Case {
  readonly axis: readonly number[];
  readonly keep: boolean;
}

interface Golden extends Omit<Case, 'x' | 'gradient'> {
  readonly gradients: Readonly<Record<string, Nested>>;
}

interface Biased extends Golden {
  readonly x: Nested;
  readonly kernel: Nested;
  readonly bias: Nested;
}

interface Frozen extends Golden {
  readonly x: Nested;
  readonly axis: number;
  readonly epsilon: number;
  readonly mean: Nested;
  readonly variance: Nested;
  readonly gamma: Nested;
  readonly beta: Nested;
}

const { cases, tolerance } = loadGolden<{
  readonly activations: Readonly<Record<string, Case>>;
  readonly roots: Readonly<Record<string, Case>>;
  readonly reductions: Readonly<Record<string, Reduction>>;
  readonly biases: Readonly<Record<string, Biased>>;
  readonly frozenBatchNorm: Readonly<Record<string, Frozen>>;
}>(new URL('../../../ops/test/golden/fused.json', import.meta.url));

const functions: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  tanh: tf.tanh,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
};

const tensor = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);

/** Expects the outputs, and the gradients of `sum(outputs * upstream)` by the inputs' names. */
function expectGolden(
  compute: (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor,
  inputs: Readonly<Record<string, Nested>>,
  { upstream, outputs, gradients }: Golden,
): void {
  const names = Object.keys(inputs);
  const byName = (given: readonly tf.Tensor[]): Record<string, tf.Tensor> =>
    Object.fromEntries(names.map((name, i) => [name, given[i]!]));
  tf.tidy(() => {
    const tensors = Object.values(inputs).map(tensor);
    expectClose(compute(byName(tensors)), outputs, tolerance);
    const got = tf.grads((...given: tf.Tensor[]) => tf.sum(tf.mul(compute(byName(given)), tensor(upstream))))(
      tensors,
    );
    expect(Object.keys(gradients)).toEqual(names);
    names.forEach((name, i) => expectClose(got[i]!, gradients[name]!, tolerance));
  });
}

const names = (of: object): string[] => Object.keys(of);

describe.each(await presentDevices(deviceNames))("PyTorch's outputs and gradients on %s", (device) => {
  beforeAll(() => openDevice(device));

  it.each([...Object.entries(cases.activations), ...Object.entries(cases.roots)])(
    'of %s, also at the bounds',
    (name, { gradient, ...golden }) => {
      expectGolden(
        ({ x }) => functions[name]!(x!),
        { x: golden.x },
        { ...golden, gradients: { x: gradient } },
      );
    },
  );

  it.each(Object.entries(cases.reductions))('of a %s', (name, { axis, keep, gradient, ...golden }) => {
    const reduce = name.startsWith('sum') ? tf.sum : tf.mean;
    expectGolden(
      ({ x }) => reduce(x!, [...axis], keep),
      { x: golden.x },
      { ...golden, gradients: { x: gradient } },
    );
  });

  it.each(names(cases.biases))('of a layer with a bias: %s', (name) => {
    const golden = cases.biases[name]!;
    const layer = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
      name.startsWith('dense')
        ? tf.matMul(x, kernel)
        : tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid');
    const { x, kernel, bias } = golden;
    expectGolden(
      (given) => tf.add(layer(given['x']!, given['kernel']!), given['bias']!),
      { x, kernel, bias },
      golden,
    );
  });

  // Keras and TensorFlow.js have the channels last; natively they may lie in any axis.
  const native = device === 'tensorflow' || device === 'cuda';
  const inAxis1 = (name: string): boolean => name.endsWith('channels in axis 1');
  const here = names(cases.frozenBatchNorm).filter((name) => !inAxis1(name) || native);

  it.each(here)('of a frozen batch normalisation: %s', (name) => {
    const { axis, epsilon, mean, variance, x, gamma, beta, ...golden } = cases.frozenBatchNorm[name]!;
    const { rank } = tensor(x);
    const channels = (t: tf.Tensor): tf.Tensor1D => {
      const shape = Array.from({ length: rank }, (_, at) => (at === axis ? t.size : 1)) as [number];
      return (axis === -1 ? t : tf.reshape(t, shape)) as tf.Tensor1D;
    };
    expectGolden(
      (given) =>
        tf.batchNorm(
          given['x']!,
          channels(tensor(mean)),
          channels(tensor(variance)),
          channels(given['beta']!),
          channels(given['gamma']!),
          epsilon,
        ),
      { x, gamma, beta },
      golden,
    );
  });
});
