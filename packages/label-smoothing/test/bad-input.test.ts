import { isCantripError } from '@cantrip/errors';
import { presentDevices } from '@cantrip/testing';
import type { StepContext, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelSmoothing, smoothLabels } from '../src/index.ts';

beforeAll(() => presentDevices(['cpu']));

const loose = smoothLabels as (labels: tf.Tensor, options?: unknown) => tf.Tensor;
const plugin = labelSmoothing as (options: unknown) => unknown;
const indices = () => tf.tensor1d([0, 1], 'int32');

/** What the plugin does with these targets and outputs. */
function inStep(targets: Tensors, outputs: Tensors, options: { readonly output?: string } = {}): Tensors {
  return labelSmoothing(options).transformTargets!(targets, { outputs } as StepContext & {
    outputs: Tensors;
  });
}

const cases: readonly (readonly [what: string, code: string, call: () => unknown, message: string])[] = [
  [
    'smoothing of 1',
    'OPTION_INVALID',
    () => plugin({ smoothing: 1 }),
    '[labelSmoothing] smoothing must be in [0, 1), got 1. Give smoothing a value that fits. (OPTION_INVALID)',
  ],
  [
    'smoothing below 0',
    'OPTION_INVALID',
    () => plugin({ smoothing: -0.1 }),
    'smoothing must be in [0, 1), got -0.1',
  ],
  [
    'smoothing as text',
    'OPTION_INVALID',
    () => plugin({ smoothing: '0.1' }),
    'smoothing must be a number, a list of numbers or a function of the step, got "0.1"',
  ],
  [
    'NaN',
    'OPTION_INVALID',
    () => plugin({ smoothing: Number.NaN }),
    'smoothing must be a number, a list of numbers or a function of the step, got NaN',
  ],
  ['a number instead of options', 'OPTION_INVALID', () => plugin(0.1), 'options must be an object, got 0.1'],
  ["another library's option", 'OPTION_INVALID', () => plugin({ epsilon: 0.1 }), 'has no option epsilon'],
  [
    'an output without name',
    'OPTION_INVALID',
    () => plugin({ output: '' }),
    'output must be a name, or a list of names, got ""',
  ],
  ['indices without classes', 'OPTION_INVALID', () => loose(indices()), '[smoothLabels] classes is missing'],
  ['a single class', 'OPTION_INVALID', () => loose(indices(), { classes: 1 }), 'classes must be >= 2, got 1'],
  [
    'half a class',
    'OPTION_INVALID',
    () => loose(indices(), { classes: 2.5 }),
    'classes must be an integer, got 2.5',
  ],
  [
    'labels of bool',
    'DTYPE_MISMATCH',
    () => loose(tf.tensor2d([[true, false]])),
    'must be int32 class indices or float32',
  ],
  [
    'soft targets of a single class',
    'SHAPE_MISMATCH',
    () => loose(tf.zeros([4, 1])),
    'at least 2 classes, got shape [4, 1]',
  ],
  ['a float scalar', 'SHAPE_MISMATCH', () => loose(tf.scalar(1)), 'at least 2 classes, got shape []'],
  [
    'soft targets of another number of classes',
    'SHAPE_MISMATCH',
    () => loose(tf.zeros([4, 3]), { classes: 5 }),
    'the last axis of labels must hold 5 classes, got shape [4, 3]',
  ],
  [
    'float class indices in the step',
    'DTYPE_MISMATCH',
    () => inStep(tf.zeros([4]), tf.zeros([4, 3])),
    '[label-smoothing] targets of shape [4] are taken for class indices and must be int32, got float32',
  ],
  [
    'targets of another shape in the step',
    'SHAPE_MISMATCH',
    () => inStep(tf.zeros([4, 1], 'int32'), tf.zeros([4, 3])),
    '[label-smoothing] targets of shape [4, 1] do not fit outputs of shape [4, 3]. Give class indices of shape [4]',
  ],
  [
    'outputs that are no classes',
    'SHAPE_MISMATCH',
    () => inStep(tf.zeros([4, 1]), tf.zeros([4, 1])),
    'the outputs of shape [4, 1] have no last axis of at least 2 classes',
  ],
  [
    'several targets and no output',
    'OPTION_INVALID',
    () => inStep({ a: tf.zeros([4, 3]), b: tf.zeros([4, 3]) }, { a: tf.zeros([4, 3]), b: tf.zeros([4, 3]) }),
    "there are several targets, a, b, and output does not say which to smooth. Write labelSmoothing({ output: 'a' })",
  ],
  [
    'an output that does not exist',
    'OPTION_INVALID',
    () => inStep({ a: tf.zeros([4, 3]) }, { a: tf.zeros([4, 3]) }, { output: 'c' }),
    "output is 'c', but the names are a",
  ],
  [
    'an output where targets have no names',
    'OPTION_INVALID',
    () => inStep(tf.zeros([4, 3]), tf.zeros([4, 3]), { output: 'a' }),
    "output is 'a', but the targets have no names",
  ],
];

describe('bad input is one clear sentence:', () => {
  it.each(cases)('%s (%s)', (_, code, call, message) => {
    const error = thrownBy(() => tf.tidy(() => void call()));
    expect((error as Error).message).toContain(message);
    expect(isCantripError(error) && error.code).toBe(code);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
