import * as tf from '@tensorflow/tfjs-core';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { globalNorm } from '@cantrip/ops';
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
  readonly tensors: readonly Nested[];
  readonly norm: number;
  readonly gradients: readonly Nested[];
}

const { cases, tolerance } = loadGolden<{ globalNorm: Case }>(
  new URL('../golden/fused.json', import.meta.url),
);
const { tensors, norm, gradients } = cases.globalNorm;
const given = (): tf.Tensor[] => tensors.map((values) => tf.tensor(values as tf.TensorLike));

describe.each(await presentDevices(deviceNames))('globalNorm on %s', (device) => {
  beforeAll(() => openDevice(device));

  it("is PyTorch's, with its gradients", () => {
    expectClose(globalNorm(given()), norm, tolerance);
    const got = tf.grads((...values: tf.Tensor[]) => globalNorm(values))(given());
    for (const [i, gradient] of gradients.entries()) expectClose(got[i]!, gradient, tolerance);
  });

  it('has the gradients that differences show, also of a gradient', () => {
    const inputs = [scattered([2, 3], 1), scattered([4], 2)];
    expectGradients((...values) => globalNorm(values), inputs);
    const penalty = (x: tf.Tensor): tf.Tensor =>
      tf.square(tf.sub(globalNorm([tf.grad((y) => tf.sum(tf.square(tf.square(y))))(x)]), 1));
    expectGradients((x) => penalty(x!), inputs.slice(0, 1), { tolerance: 2e-2 });
  });

  it('of nothing is 0, and nothing is left behind', () => {
    const inputs = given();
    const before = tf.memory().numTensors;
    tf.dispose([globalNorm(inputs), globalNorm([])]);
    expect(tf.memory().numTensors).toBe(before);
    expect(globalNorm([]).dataSync()[0]).toBe(0);
  });
});
