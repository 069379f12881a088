import * as tf from '@tensorflow/tfjs-core';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { captureStep, openDevice } from '../../src/index.ts';
import { nativeBinding } from '../native/native-binding.ts';

const [present] = await presentDevices(['tensorflow']);

type Step = (inputs: { readonly x: tf.Tensor }) => tf.Tensor;

/** Marsaglia's xorshift32. */
function xorshift(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const varying: readonly (readonly [string, () => Step, RegExp])[] = [
  [
    'draws from a generator of its own',
    () => {
      const draw = xorshift();
      return ({ x }) => tf.add(x, tf.tensor1d([draw(), draw(), draw()]));
    },
    /^\[capture\] a tensor of shape \[3\] differs when the step runs again/,
  ],
  [
    'draws many numbers of the system',
    () =>
      ({ x }) =>
        tf.add(x, tf.sum(tf.tensor1d(crypto.getRandomValues(new Int32Array(100)), 'int32'))),
    /a tensor of shape \[100\] differs/,
  ],
  [
    "draws by TensorFlow.js's generator with another seed each time",
    () => {
      let seed = 1;
      return ({ x }) => tf.add(x, tf.randomNormal([3], 0, 1, 'float32', seed++));
    },
    /a tensor of shape \[3\] differs/,
  ],
  [
    'counts its calls',
    () => {
      let calls = 0;
      return ({ x }) => tf.mul(x, calls++);
    },
    /a tensor of shape \[\] differs/,
  ],
  [
    'gives an op another option each time',
    () => {
      let calls = 0;
      return ({ x }) => tf.leakyRelu(x, 0.1 * ++calls);
    },
    /LeakyRelu differs/,
  ],
  [
    'takes one op or another',
    () => {
      const draw = xorshift();
      return ({ x }) => (draw() < 0.5 ? tf.neg(x) : tf.abs(x));
    },
    /(Neg|Abs) differs/,
  ],
  [
    'does something else the first time only',
    () => {
      let first = true;
      return ({ x }) => {
        const result = first ? tf.neg(x) : tf.abs(x);
        first = false;
        return result;
      };
    },
    /something differs/,
  ],
  [
    'takes another tensor from outside each time',
    () => {
      const outside = [tf.scalar(1), tf.scalar(2)];
      let calls = 0;
      return ({ x }) => tf.mul(x, outside[calls++ % 2]!);
    },
    /differs/,
  ],
];

const constant: readonly (readonly [string, () => Step])[] = [
  [
    'draws with the same seed each time',
    () =>
      ({ x }) =>
        tf.add(x, tf.randomNormal([3], 0, 1, 'float32', 5)),
  ],
  [
    'makes a variable when it runs first',
    () => {
      let total: tf.Variable | undefined;
      return ({ x }) => {
        total ??= tf.variable(tf.mul(tf.ones([3]), 4), false);
        total.assign(tf.add(total, x));
        return tf.add(total, 1);
      };
    },
  ],
  [
    'keeps a tensor that it made when it ran first',
    () => {
      let mask: tf.Tensor | undefined;
      return ({ x }) => tf.mul(x, (mask ??= tf.keep(tf.tensor1d([1, 0, 1]))));
    },
  ],
];

describe.skipIf(!present)('a captured step that', () => {
  beforeAll(() => openDevice('tensorflow'));

  it.each(varying)('%s is refused', (_, make, message) => {
    const step = captureStep(make());
    const what = /random\(stream\) of the step, or feed a number that changes.*\(CAPTURE_VARIES\)$/;
    expect(() => step.runSync({ x: tf.tensor1d([1, -2, 3]) })).toThrow(
      new RegExp(`${message.source}.*${what.source}`),
    );
  });

  it.each(constant)('%s gives what it gives op by op', (_, make) => {
    const x = tf.tensor1d([1, -2, 3]);
    const [step, eager] = [captureStep(make()), make()];
    for (let call = 0; call < 3; call++) {
      expect(step.runSync({ x }).dataSync()).toEqual(eager({ x }).dataSync());
    }
  });

  it('keeps a tensor that it made when it ran first has it for another shape too', () => {
    let mask: tf.Tensor | undefined;
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mul(x, (mask ??= tf.keep(tf.scalar(2)))));
    expect(step.runSync({ x: tf.ones([2]) }).dataSync()).toEqual(Float32Array.of(2, 2));
    expect(step.runSync({ x: tf.ones([3]) }).dataSync()).toEqual(Float32Array.of(2, 2, 2));
    expect([...mask!.dataSync()]).toEqual([2]);
  });

  it('is refused leaves no function, no tensor and no variable changed', () => {
    const total = tf.variable(tf.scalar(1));
    let calls = 0;
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      total.assign(tf.add(total, tf.mul(x, calls++)));
      return tf.neg(total);
    });
    const { graph } = nativeBinding().library;
    const [added, removed] = [vi.spyOn(graph, 'addFunction'), vi.spyOn(graph, 'removeFunction')];
    const x = tf.scalar(3);
    const before = tf.memory().numTensors;
    expect(() => step.runSync({ x })).toThrow('CAPTURE_VARIES');
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
    expect(tf.memory().numTensors).toBe(before);
    expect(total.dataSync()[0]).toBe(1);
  });
});
