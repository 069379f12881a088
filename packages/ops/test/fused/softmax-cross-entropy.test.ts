import * as tf from '@tensorflow/tfjs-core';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { softmaxCrossEntropyWithLogits } from '@cantrip/ops';
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
  readonly smoothing: number;
  readonly logits: Nested;
  readonly targets: Nested;
  readonly upstream: Nested;
  readonly losses: Nested;
  readonly gradients: { readonly logits: Nested; readonly targets?: Nested };
}

const golden = loadGolden<{ crossEntropy: Record<string, Case> }>(
  new URL('../golden/fused.json', import.meta.url),
);
const cases = Object.entries(golden.cases.crossEntropy);
const tensor = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);

function targetsOf({ targets, gradients }: Case): tf.Tensor {
  return gradients.targets === undefined ? tf.cast(tensor(targets), 'int32') : tensor(targets);
}

describe.each(await presentDevices(deviceNames))('softmaxCrossEntropyWithLogits on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(cases)("gives PyTorch's losses and gradients: %s", (_, example) => {
    const { smoothing, gradients } = example;
    const losses = softmaxCrossEntropyWithLogits(tensor(example.logits), targetsOf(example), { smoothing });
    expect(losses.shape).toEqual(tensor(example.losses).shape);
    expectClose(losses, example.losses, golden.tolerance);
    const loss = (logits: tf.Tensor, targets = targetsOf(example)): tf.Tensor =>
      tf.sum(tf.mul(softmaxCrossEntropyWithLogits(logits, targets, { smoothing }), tensor(example.upstream)));
    const towardsLogits = tf.grad((logits) => loss(logits))(tensor(example.logits));
    expectClose(towardsLogits, gradients.logits, golden.tolerance);
    if (gradients.targets === undefined) return;
    const logits = tensor(example.logits);
    expectClose(
      tf.grad((targets) => loss(logits, targets))(targetsOf(example)),
      gradients.targets,
      golden.tolerance,
    );
  });

  it.each([0, 0.2])('has the gradients that differences show, with smoothing %d', (smoothing) => {
    const indices = tf.tensor2d([[2, 0, 1]], undefined, 'int32');
    const upstream = scattered([1, 3], 4);
    const loss = (logits: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
      tf.sum(tf.mul(softmaxCrossEntropyWithLogits(logits, targets, { smoothing }), upstream));
    expectGradients((logits) => loss(logits!, indices), [scattered([1, 3, 4], 1)]);
    expectGradients(
      (logits, targets) => loss(logits!, targets!),
      [scattered([1, 3, 4], 2), scattered([1, 3, 4], 3)],
    );
  });

  it.each<[string, tf.TensorLike]>([
    ['indices', Int32Array.of(0, 2, 1, 1)],
    ['weights', [0.5, 0, 0.1, 2, 1, 1, 0, 0.3, 0.2, 0, 0, 1]],
  ])('can be differentiated twice, with %s', (kind, values) => {
    const targets = kind === 'indices' ? tf.tensor(values) : tf.tensor(values, [4, 3]);
    const compute = (x: tf.Tensor): tf.Tensor => tf.sum(softmaxCrossEntropyWithLogits(x, targets));
    expectGradients((x) => tf.sum(tf.square(tf.grad(compute)(x!))), [scattered([4, 3])], { tolerance: 2e-2 });
  });

  it('leaves its losses and nothing else', () => {
    const [logits, targets] = [scattered([4, 3]), tf.tensor1d([0, 1, 2, 1], 'int32')];
    const before = tf.memory().numTensors;
    for (const smoothing of [0, 0.1]) {
      softmaxCrossEntropyWithLogits(logits, targets, { smoothing }).dispose();
      tf.grad((x) => tf.sum(softmaxCrossEntropyWithLogits(x, targets, { smoothing })))(logits).dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('softmaxCrossEntropyWithLogits', () => {
  const logits = (): tf.Tensor => tf.zeros([2, 3]);
  it.each([
    [
      'targets of another shape',
      () => softmaxCrossEntropyWithLogits(logits(), tf.zeros([3])),
      /targets of shape \[3\] do not match logits of shape \[2, 3\].*SHAPE_MISMATCH/,
    ],
    [
      'logits without an axis',
      () => softmaxCrossEntropyWithLogits(tf.scalar(1), tf.scalar(1)),
      /logits of shape \[\].*SHAPE_MISMATCH/,
    ],
    [
      'indices that are floats',
      () => softmaxCrossEntropyWithLogits(logits(), tf.zeros([2])),
      /must be int32, got float32.*DTYPE_MISMATCH/,
    ],
    [
      'a smoothing of 1',
      () => softmaxCrossEntropyWithLogits(logits(), logits(), { smoothing: 1 }),
      /smoothing must be a number in \[0, 1\), got 1\..*OPTION_INVALID/,
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
