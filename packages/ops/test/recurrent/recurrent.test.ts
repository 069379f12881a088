import * as tf from '@tensorflow/tfjs-core';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { gru, type GruOptions, lstm, type LstmOptions } from '@cantrip/ops';
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
  readonly options: Readonly<Record<string, unknown>>;
  readonly given: Readonly<Record<string, Nested>>;
  readonly upstream: Readonly<Record<string, Nested>>;
  readonly outputs: Nested;
  readonly last: Readonly<Record<string, Nested>>;
  readonly gradients: Readonly<Record<string, Nested>>;
}
type Tensors = Readonly<Record<string, tf.Tensor>>;

const { cases, tolerance } = loadGolden<{ lstm: Record<string, Case>; gru: Record<string, Case> }>(
  new URL('../golden/recurrent.json', import.meta.url),
);
const rows = Object.entries(cases).flatMap(([kind, some]) =>
  Object.entries(some).map(([name, one]) => [kind as 'lstm' | 'gru', name, one] as const),
);
const tensor = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);
const tensorsOf = (values: Readonly<Record<string, Nested>>): Tensors =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tensor(value)]));

function run(kind: 'lstm' | 'gru', { inputs, ...given }: Tensors, options: Case['options']): Tensors {
  const mask = options['mask'] === undefined ? undefined : tensor(options['mask'] as Nested);
  const all = { ...options, ...given, mask } as unknown as LstmOptions & GruOptions;
  return kind === 'lstm' ? lstm(inputs!, all) : gru(inputs!, all);
}

describe.each(await presentDevices(deviceNames))('lstm and gru on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(rows)('%s gives the outputs, states and gradients: %s', (kind, _, one) => {
    const given = tensorsOf(one.given);
    const upstream = tensorsOf(one.upstream);
    const names = Object.keys(one.gradients);
    const results = run(kind, given, one.options);
    expectClose(results['outputs']!, one.outputs, tolerance);
    for (const [name, values] of Object.entries(one.last)) expectClose(results[name]!, values, tolerance);
    const loss = (...values: tf.Tensor[]): tf.Tensor => {
      const got = run(kind, Object.fromEntries(values.map((value, at) => [names[at]!, value])), one.options);
      return tf.addN(Object.entries(upstream).map(([name, value]) => tf.sum(tf.mul(got[name]!, value))));
    };
    const gradients = tf.grads(loss)(names.map((name) => given[name]!));
    for (const [at, name] of names.entries()) expectClose(gradients[at]!, one.gradients[name]!, tolerance);
  });

  it.each(['lstm', 'gru'] as const)('%s can be differentiated twice', (kind) => {
    const gates = kind === 'lstm' ? 4 : 3;
    const weights = { kernel: scattered([1, 2 * gates], 2), recurrentKernel: scattered([2, 2 * gates], 3) };
    const compute = (x: tf.Tensor): tf.Tensor => tf.sum(run(kind, { inputs: x, ...weights }, {})['hidden']!);
    expectGradients((x) => tf.sum(tf.square(tf.grad(compute)(x!))), [scattered([2, 2, 1])], {
      tolerance: 2e-2,
    });
  });

  // cuDNN fails, or leaves numbers of other memory.
  it.each(['lstm', 'gru'] as const)(
    '%s keeps the state of an example that is nothing but padding',
    (kind) => {
      const gates = kind === 'lstm' ? 4 : 3;
      const initialHidden = tf.tensor2d([[0.25], [0.5]]);
      const mask = tf.tensor2d([
        [0, 0],
        [1, 1],
      ]);
      const weights = { kernel: tf.ones([1, gates]), recurrentKernel: tf.ones([1, gates]) };
      const compute = (inputs: tf.Tensor): tf.Tensor =>
        run(kind, { inputs, initialHidden, ...weights }, { mask: mask.arraySync() })['hidden']!;
      const inputs = tf.tensor3d([9, 9, 1, 1], [2, 2, 1]);
      const [padded, other] = compute(inputs).dataSync();
      expect(padded).toBe(0.25);
      expect(other).not.toBe(0.5);
      const [first, second] = tf
        .grad((x) => tf.sum(compute(x)))(inputs)
        .dataSync();
      expect([first, second]).toEqual([0, 0]);
    },
  );

  it('leaves no tensor behind', () => {
    const options = { kernel: tf.ones([1, 4]), recurrentKernel: tf.ones([1, 4]), mask: tf.ones([2, 3]) };
    const inputs = tf.ones([2, 3, 1]);
    const before = tf.memory().numTensors;
    tf.dispose(lstm(inputs, options));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('wrong tensors', () => {
  beforeAll(() => openDevice('cpu'));
  const inputs = (): tf.Tensor => tf.ones([2, 3, 4]);
  const right = (gates: number): LstmOptions => ({
    kernel: tf.ones([4, gates]),
    recurrentKernel: tf.ones([1, gates]),
  });

  it.each<readonly [string, () => unknown, string]>([
    [
      'inputs without steps',
      () => lstm(tf.ones([2, 4]), right(4)),
      '[lstm] inputs must have 3 axes, got shape [2, 4]',
    ],
    [
      'a kernel of other features',
      () => lstm(inputs(), { ...right(4), kernel: tf.ones([3, 4]) }),
      '[lstm] kernel must have shape [4, 4], got shape [3, 4]',
    ],
    [
      "an LSTM's kernels for a GRU",
      () => gru(inputs(), right(4)),
      '[gru] recurrentKernel must have shape [1, 3], got shape [1, 4]',
    ],
    [
      'a bias of one gate',
      () => lstm(inputs(), { ...right(4), bias: tf.ones([1]) }),
      '[lstm] bias must have shape [4], got shape [1]',
    ],
    [
      "PyTorch's two biases",
      () => gru(inputs(), { ...right(3), bias: tf.ones([2, 3]) }),
      '[gru] bias must have shape [3], got shape [2, 3]',
    ],
    [
      'a mask of other steps',
      () => gru(inputs(), { ...right(3), mask: tf.ones([2, 2]) }),
      '[gru] mask must have shape [2, 3], got shape [2, 2]',
    ],
    [
      'a state of another batch',
      () => gru(inputs(), { ...right(3), initialHidden: tf.ones([1, 1]) }),
      '[gru] initialHidden must have shape [2, 1], got shape [1, 1]',
    ],
    [
      'another activation',
      () => gru(inputs(), { ...right(3), recurrentActivation: 'relu' as never }),
      '[gru] recurrentActivation',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
