import { isCantripError } from '@cantrip/errors';
import { presentDevices } from '@cantrip/testing';
import type { StepContext, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  calibrationMeter,
  crossEntropy,
  labelSmoothing,
  reliabilityDiagram,
  smoothedCrossEntropy,
  smoothLabels,
} from '../src/index.ts';

beforeAll(() => presentDevices(['cpu']));

const loose = smoothLabels as (labels: tf.Tensor, options?: unknown) => tf.Tensor;
const plugin = labelSmoothing as (options: unknown) => unknown;
const loss = smoothedCrossEntropy as (options: unknown) => unknown;
const meter = calibrationMeter as (options: unknown) => ReturnType<typeof calibrationMeter>;
const crossed = (options: unknown, shape: readonly number[] = [2, 3]): unknown =>
  crossEntropy(indices(), tf.zeros([...shape]), options as Parameters<typeof crossEntropy>[2]);
const indices = () => tf.tensor1d([0, 1], 'int32');

/** What the plugin does with these targets and outputs. */
function inStep(targets: Tensors, outputs: Tensors, options: { readonly output?: string } = {}): Tensors {
  return labelSmoothing(options).transformTargets!(targets, {
    outputs,
    locals: { lossSmooths: false },
  } as StepContext<{ lossSmooths: boolean }> & { outputs: Tensors });
}

const cases: readonly (readonly [what: string, code: string, call: () => unknown, message: string])[] = [
  [
    'smoothing of 1',
    'OPTION_INVALID',
    () => plugin({ smoothing: 1 }),
    '[labelSmoothing] smoothing must be a number in [0, 1), got 1. Set smoothing to a number in [0, 1). (OPTION_INVALID)',
  ],
  [
    'smoothing below 0',
    'OPTION_INVALID',
    () => plugin({ smoothing: -0.1 }),
    'smoothing must be a number in [0, 1), got -0.1',
  ],
  [
    'smoothing as text',
    'OPTION_INVALID',
    () => plugin({ smoothing: '0.1' }),
    'smoothing must be a number in [0, 1), a list of such numbers or a function of the step, got "0.1"',
  ],
  [
    'NaN',
    'OPTION_INVALID',
    () => plugin({ smoothing: Number.NaN }),
    'smoothing must be a number in [0, 1), a list of such numbers or a function of the step, got NaN',
  ],
  [
    'a number instead of options',
    'OPTION_INVALID',
    () => plugin(0.1),
    'options must be a plain object, got 0.1',
  ],
  ["another library's option", 'OPTION_INVALID', () => plugin({ epsilon: 0.1 }), 'has no option epsilon'],
  [
    'an output without name',
    'OPTION_INVALID',
    () => plugin({ output: '' }),
    'output must be a name, or a list of names, got ""',
  ],
  [
    'outputs that are neither logits nor probabilities',
    'OPTION_INVALID',
    () => loss({ from: 'scores' }),
    '[smoothedCrossEntropy] from must be "logits" or "probabilities", got "scores"',
  ],
  [
    'shifted labels with a class axis before the positions',
    'OPTION_INVALID',
    () => crossed({ shiftLabels: true, axis: 1 }),
    '[crossEntropy] axis must be -1 beside shiftLabels, got 1',
  ],
  [
    'shifted labels without positions',
    'SHAPE_MISMATCH',
    () => crossEntropy(tf.scalar(1, 'int32'), tf.zeros([3]), { shiftLabels: true }),
    'logits of shape [3] must be […, T, K] with at least 2 positions T',
  ],
  [
    'shifted labels of a single position',
    'SHAPE_MISMATCH',
    () => crossEntropy(tf.zeros([4, 1], 'int32'), tf.zeros([4, 1, 3]), { shiftLabels: true }),
    'logits of shape [4, 1, 3] must be […, T, K] with at least 2 positions T',
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
    '[label-smoothing] targets of shape [4] are class indices and must be int32, got float32',
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
    'the last axis of the outputs must hold at least 2 classes, got shape [4, 1]',
  ],
  [
    'several targets and no output',
    'OPTION_INVALID',
    () => inStep({ a: tf.zeros([4, 3]), b: tf.zeros([4, 3]) }, { a: tf.zeros([4, 3]), b: tf.zeros([4, 3]) }),
    "the targets are a, b, and the option output does not say which to smooth. Name them, for example labelSmoothing({ output: 'a' })",
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
  [
    'a share of 1 for one class',
    'OPTION_INVALID',
    () => plugin({ smoothing: [0.1, 1] }),
    '[labelSmoothing] smoothing must be a list of numbers in [0, 1), got [0.1, 1]',
  ],
  [
    'a share for each of other classes',
    'SHAPE_MISMATCH',
    () => crossed({ smoothing: [0.1, 0.2] }),
    '[label-smoothing] smoothing has 2 numbers, but there are 3 classes. Give one number for all classes, or 3 numbers.',
  ],
  [
    'a prior that is no distribution',
    'OPTION_INVALID',
    () => crossed({ smoothing: 0.1, prior: [0.5, 0.5, 0.5] }),
    'prior must sum to 1 over the classes, got 1.5. Divide prior by its sum.',
  ],
  [
    'a negative class weight',
    'OPTION_INVALID',
    () => crossed({ classWeights: [1, -1, 1] }),
    'classWeights[1] must be >= 0, got -1',
  ],
  [
    'class weights of other classes',
    'SHAPE_MISMATCH',
    () => crossed({ classWeights: [1, 1] }),
    'classWeights has 2 numbers, but there are 3 classes',
  ],
  [
    'a matrix as smoothing',
    'OPTION_INVALID',
    () => crossed({ smoothing: tf.zeros([2, 3]) }),
    'smoothing must be a number in [0, 1), a list of such numbers, a float32 scalar tensor or a float32 1D tensor, got',
  ],
  [
    'positive weights of a softmax',
    'OPTION_INVALID',
    () => crossed({ positiveWeights: 2 }),
    "[crossEntropy] positiveWeights needs activation: 'sigmoid', but activation is 'softmax'",
  ],
  [
    'a reduction that does not exist',
    'OPTION_INVALID',
    () => crossed({ reduction: 'average' }),
    'reduction must be "mean", "sum" or "none", got "average"',
  ],
  [
    'a loss without reduction',
    'OPTION_INVALID',
    () => loss({ reduction: 'none' }),
    '[smoothedCrossEntropy] reduction must be "mean" or "sum", got "none"',
  ],
  ['a mask of a loss', 'OPTION_INVALID', () => loss({ mask: tf.zeros([2]) }), 'has no option mask'],
  [
    'a plugin of another kind as smoothing',
    'OPTION_INVALID',
    () => loss({ smoothing: { name: 'mixup' } }),
    'smoothing must be a number in [0, 1), a list of such numbers',
  ],
  [
    'labels that fit no logits',
    'SHAPE_MISMATCH',
    () => crossed({}, [3, 3]),
    '[crossEntropy] labels of shape [2] do not fit logits of shape [3, 3]. Give class indices of shape [3]',
  ],
  [
    'labels of another axis',
    'SHAPE_MISMATCH',
    () => crossed({ axis: 1 }, [2, 3, 4]),
    'Give class indices of shape [2, 4]',
  ],
  [
    'an axis that does not exist',
    'SHAPE_MISMATCH',
    () => crossed({ axis: 2 }),
    'logits of shape [2, 3] have no axis 2 of at least 2 classes',
  ],
  [
    'float class indices',
    'DTYPE_MISMATCH',
    () => crossEntropy(tf.zeros([2]), tf.zeros([2, 3])),
    'labels of shape [2] are class indices and must be int32, got float32',
  ],
  [
    'a mask of another shape',
    'SHAPE_MISMATCH',
    () => crossed({ mask: tf.zeros([2, 3]) }),
    'mask of shape [2, 3] must have the shape [2]. Reshape mask to [2]',
  ],
  ['no bin', 'OPTION_INVALID', () => meter({ bins: 0 }), '[calibrationMeter] bins must be >= 1, got 0'],
  [
    'nothing measured',
    'DATA_EMPTY',
    () => meter({}).result(),
    'result() needs at least one prediction, got none',
  ],
  [
    'a diagram too small to see',
    'OPTION_INVALID',
    () => reliabilityDiagram({} as never, { size: 10 }),
    'size must be >= 100, got 10',
  ],
];

describe('bad input is one clear sentence:', () => {
  it.each(cases)('%s (%s)', (_, code, call, message) => {
    const error = thrownBy(() => tf.tidy(() => void call()));
    expect((error as Error).message).toContain(message);
    expect(isCantripError(error) && error.code).toBe(code);
  });
});

describe('bad predictions are one clear sentence:', () => {
  const outputs = () =>
    tf.tensor2d([
      [0.5, 3],
      [0.5, 0.5],
    ]);
  it.each([
    [
      'logits taken for probabilities',
      { from: 'probabilities' },
      [0, 1],
      "[calibrationMeter] outputs must be probabilities from 0 to 1, got 3. Set from: 'logits'",
    ],
    [
      'a label out of range',
      {},
      [0, 2],
      'labels must be from 0 to 1, because the outputs have 2 classes, got 2. Correct the labels, or set ignoreIndex to this number. (LABEL_OUT_OF_RANGE)',
    ],
    ['labels that fit no outputs', {}, [0, 1, 1], 'labels of shape [3] do not fit logits of shape [2, 2]'],
  ] as const)('%s', async (_, options, labels, message) => {
    await expect(meter(options).add(tf.tensor1d([...labels], 'int32'), outputs())).rejects.toThrow(message);
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
