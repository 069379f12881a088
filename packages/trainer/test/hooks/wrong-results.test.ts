import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const vector = (): tf.Tensor => tf.ones([2]);
function gone(): tf.Tensor {
  const tensor = tf.ones([2]);
  tensor.dispose();
  return tensor;
}

const first = 'its first argument, changed or not: ';
const tensors = 'one tensor, or tensors by name';
const scalar = 'a float32 tensor without axes';
const gradients = 'tensors with the names, shapes and dtypes of the gradients';
const variables = 'its first argument, or some of it: trainable variables by name';
type Wrong = readonly [hook: string, words: string, give: (value: never) => unknown, got: string];

const wrong: readonly Wrong[] = [
  ['transformBatch', '{ inputs, targets } of tensors', vector, 'a tensor [2]'],
  ['transformBatch', '{ inputs, targets } of tensors', () => ({ inputs: vector() }), '.*'],
  [
    'transformBatch',
    '{ inputs, targets } of tensors',
    () => ({ inputs: 1, targets: vector() }),
    '1 as inputs',
  ],
  ['transformOutputs', tensors, () => [], '.*'],
  ['transformOutputs', tensors, () => ({ digit: 3 }), '3 as digit'],
  ['transformOutputs', tensors, gone, 'a tensor that was already disposed'],
  ['transformTargets', tensors, () => 'labels', '"labels"'],
  ['transformLoss', scalar, vector, 'a tensor [2]'],
  ['transformLoss', scalar, () => 5, '5'],
  ['transformGradients', gradients, () => [vector()], '.*'],
  ['transformGradients', gradients, vector, 'a tensor [2]'],
  ['transformGradients', gradients, () => ({ 'dense_1/bias': vector() }), 'a tensor [2] as dense_1/bias'],
  [
    'transformGradients',
    gradients,
    () => ({ 'dense_1/bias': tf.zeros([3], 'int32') }),
    'an int32 tensor [3] as dense_1/bias',
  ],
  [
    'transformGradients',
    gradients,
    (all: object) => ({ ...all, stranger: vector() }),
    'a tensor [2] as stranger',
  ],
  [
    'transformGradients',
    gradients,
    () => ({ 'dense_1/bias': gone() }),
    'a tensor that was already disposed as dense_1/bias',
  ],
  [
    'transformGradients',
    gradients,
    (gradients: object) => ({ ...gradients, 'dense_1/bias': 3 }),
    '3 as dense_1/bias',
  ],
  ['transformVariables', variables, () => ({ other: vector() }), 'a tensor [2] as other'],
  ['transformVariables', variables, () => ({ other: tf.variable(vector()) }), 'a tensor [2] as other'],
  ['transformVariables', variables, () => ({ 'dense_1/bias': 3 }), '3 as dense_1/bias'],
  ['transformLoss', scalar, () => tf.scalar(1, 'int32'), 'an int32 tensor []'],
  ['transformLoss', scalar, gone, 'a tensor that was already disposed'],
  ['transformLoss', scalar, () => ({ dataId: {}, shape: [], dtype: 'float32' }), '.*'],
  [
    'transformBatch',
    '{ inputs, targets } of tensors',
    (batch: object) => ({ ...batch, weights: 1 }),
    '1 as weights',
  ],
  [
    'transformBatch',
    '{ inputs, targets } of tensors',
    (batch: object) => ({ ...batch, targets: gone() }),
    'a tensor that was already disposed as targets',
  ],
  ['scheduleScalars', 'finite numbers by name', () => ({ share: '0.5' }), '"0.5" as share'],
  ['scheduleScalars', 'finite numbers by name', () => [0.5], '.*'],
  ['scheduleScalars', 'finite numbers by name', () => ({ part: 0.5, share: NaN }), 'NaN as share'],
  ['scheduleScalars', 'finite numbers by name', () => ({ share: -Infinity }), '-Infinity as share'],
  [
    'scheduleScalars',
    'finite numbers by name',
    () => ({ share: 1e39 }),
    '1e+39 (infinite in float32) as share',
  ],
];

const escaped = (text: string): string => text.replace(/[[\]{}()+]/g, '\\$&');

describe.each(await presentWays())('a hook that gives a value of the wrong kind is named, $name:', (way) => {
  it.each(wrong)('%s, which must give %s', async (hook, words, give, got) => {
    const odd: AnyPlugin = { name: 'odd', [hook]: give };
    await expect(way.tinyTrainer([odd]).fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      new RegExp(
        `^\\[odd\\] ${hook} must return ${escaped(words === variables ? words : first + words)}, got ${got === '.*' ? got : escaped(got)}\\. Return the value, changed or not\\. \\(HOOK_RESULT\\)$`,
      ),
    );
  });

  const hooks = [...new Set(wrong.map(([hook]) => hook)), 'scheduleLearningRate'];
  it.each(
    hooks.flatMap((hook) =>
      [undefined, null, 'text', NaN, true, Promise.resolve(1)].map((value) => [hook, value] as const),
    ),
  )('%s, which gives %s', async (hook, value) => {
    const odd: AnyPlugin = { name: 'odd', [hook]: () => value };
    await expect(way.tinyTrainer([odd]).fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      new RegExp(
        `^\\[odd\\] ${hook} (must return .*\\(HOOK_RESULT\\)|must be synchronous, but it returned a promise.*\\(HOOK_ASYNC\\))$`,
      ),
    );
  });

  it('a state that holds more than plain data, when it is saved', async () => {
    const odd: AnyPlugin = { name: 'odd', state: () => ({ next: () => 1 }) };
    await expect(way.tinyTrainer([odd]).save()).rejects.toThrow(
      /^\[odd\] has a state that cannot be saved: .*could not be cloned\. Store only plain data in the state.*\(HOOK_RESULT\)$/,
    );
  });
});
