import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { captureStep, openDevice } from '../../src/index.ts';

const present = await presentDevices(['tensorflow']);

describe.skipIf(!present.includes('tensorflow'))('what goes into a captured step and comes out', () => {
  beforeAll(() => openDevice('tensorflow'));

  it.each(['first', 'later'] as const)(
    'gives back tensors and variables from outside as copies, and leaves them alone, compared %s',
    (compare) => {
      const [constant, weight] = [tf.scalar(7), tf.variable(tf.scalar(3))];
      const step = captureStep(() => [constant, weight, constant], { compare });
      for (let call = 0; call < 3; call++) {
        const results = step.runSync([]);
        expect(results.map((result) => result.dataSync()[0])).toEqual([7, 3 + call, 7]);
        tf.dispose(results);
        weight.assign(tf.add(weight, 1));
      }
      expect([constant.isDisposed, weight.isDisposed]).toEqual([false, false]);
      step.dispose();
    },
  );

  it('tells of each variable that a call changes before it does, with what it held', async () => {
    const [changed, read] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.scalar(10))];
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      changed.assign(tf.add(changed, tf.mul(x, read)) as tf.Tensor1D);
      return tf.sum(changed);
    });
    const tensors = tf.memory().numTensors;
    const held: (readonly [tf.Variable, tf.Tensor])[] = [];
    const keepBefore = (variable: tf.Variable, value: () => tf.Tensor): void =>
      void held.push([variable, value()]);
    tf.dispose(step.runSync({ x: 1 }, { keepBefore }));
    tf.dispose(await step.run({ x: 2 }, { keepBefore }));
    tf.dispose(step.runSync({ x: 3 }));
    expect(held.map(([variable, value]) => [variable === changed, [...value.dataSync()]])).toEqual([
      [true, [1, 2]],
      [true, [11, 12]],
    ]);
    expect([...changed.dataSync()]).toEqual([61, 62]);
    tf.dispose(held.map(([, value]) => value));
    expect(tf.memory().numTensors).toBe(tensors);
    expect(() => step.runSync({ x: 1 }, { keepBefore: 'changed' as never })).toThrow(
      /\[captureStep\] keepBefore must be a function, got "changed"/,
    );
    step.dispose();
  });

  it('tells trees apart that hold the same numbers in other places', () => {
    const step = captureStep((inputs: object) => {
      const { a, 'a.b': ab } = inputs as { a?: tf.Tensor[] | { b: tf.Tensor }; 'a.b'?: tf.Tensor };
      if (ab) return tf.mul(ab, 2);
      return Array.isArray(a) ? tf.mul(a[0]!, 3) : tf.mul(Object.values(a!)[0]!, 5);
    });
    const trees = [{ 'a.b': 1 }, { a: { b: 1 } }, { a: [1] }, { a: { 0: 1 } }];
    expect(trees.map((tree) => step.runSync(tree as never).dataSync()[0])).toEqual([2, 5, 3, 5]);
    step.dispose();
  });

  it.each([
    ['numbers of 64 bits', { values: Float64Array.of(1, 2), shape: [2] }, /Float32Array.*DTYPE_MISMATCH/],
    ['numbers that do not fill the shape', { values: new Float32Array(2), shape: [3] }, /SHAPE_MISMATCH/],
    ['a shape below 0', { values: new Float32Array(1), shape: [-1, -1] }, /SHAPE_MISMATCH/],
    [
      'a misspelt key',
      { values: new Uint8Array(1), shape: [1], normalisation: { scale: 1, offset: 0 } },
      /inputs\.x has no normalisation\. Its properties are values, shape, normalization/,
    ],
    [
      'a normalization of floats',
      { values: new Float32Array(1), shape: [1], normalization: { scale: 1, offset: 0 } },
      /normalization is for bytes/,
    ],
    [
      'a tensor of texts',
      tf.tensor1d(['a']),
      /inputs\.x must be a tensor of numbers, got one that holds strings/,
    ],
  ])('refuses %s, at the first call and at later ones', async (_, x, sentence) => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.neg(x));
    for (const right of [false, true]) {
      if (right) step.runSync({ x: { values: new Uint8Array(1), shape: [1] } }).dispose();
      expect(() => step.runSync({ x } as never)).toThrow(sentence);
      await expect(step.run({ x } as never)).rejects.toThrow(sentence);
    }
    step.dispose();
  });

  it('refuses a tree that holds itself', () => {
    const tree: Record<string, unknown> = {};
    tree['tree'] = tree;
    const step = captureStep(() => tf.scalar(1));
    expect(() => step.runSync(tree as never)).toThrow(/OPTION_INVALID/);
  });

  it.each([
    ['a promise', async () => Promise.resolve(tf.scalar(1)), /the step returned a promise.*HOOK_ASYNC/],
    ['nothing', () => undefined, /the step returned undefined.*HOOK_RESULT/],
    ['a map', () => ({ a: new Map() }), /the step returned an object of Map among its results.*HOOK_RESULT/],
    ['numbers', () => [1, 2], /the step returned 1 among its results.*HOOK_RESULT/],
  ])('refuses a step that returns %s', (_, body, sentence) => {
    const step = captureStep<object, unknown>(body);
    expect(() => step.runSync({} as never)).toThrow(sentence);
    step.dispose();
  });
});
