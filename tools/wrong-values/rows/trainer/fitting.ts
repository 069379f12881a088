import * as tf from '@tensorflow/tfjs-core';
import type { Row } from '../../row.ts';
import { data, options } from '../../row.ts';
import {
  either,
  flag,
  integer,
  nothing,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  tensor,
} from '../../rules.ts';
import { method, numbers } from './tiny-run.ts';

const twoNumbers: Rule = (value) => value instanceof Float32Array && value.length === 2;
/** Of numbers, with two rows. */
const tensorOfTwo: Rule = (value) =>
  tensor({ dtypes: ['float32', 'int32', 'bool'] })(value) && (value as tf.Tensor).shape[0] === 2;
const weightsOfTwo: Rule = (value) => tensorOfTwo(value) && (value as tf.Tensor).rank === 1;
const inMemory = { batchSize: optional(integer({ min: 1 })), shuffle: optional(flag) };
const examples = (): object => ({ inputs: numbers(), targets: numbers(), weights: [1, 1], batchSize: 2 });
/** What is within lists is looked at when a list is read. */
const twoRows: Rule = either((value) => Array.isArray(value) && value.length === 2, tensorOfTwo);
const unread = { inputs: twoRows, targets: twoRows, weights: optional(twoRows), ...inMemory };
const read = {
  inputs: nothing,
  'inputs.0': twoNumbers,
  'inputs.0.0': (value: unknown) => typeof value === 'number',
  targets: nothing,
  'targets.1': twoNumbers,
  weights: optional(weightsOfTwo),
  ...inMemory,
};
const fitRules = {
  epochs: integer({ min: 1 }),
  steps: optional(integer({ min: 1 })),
  validation: optional(nothing),
  shortEpoch: optional(oneOf('throw', 'warn')),
  signal: optional(nothing),
};
const stopped = (): object => ({ epochs: 1, signal: AbortSignal.abort() });

const host = (): object => ({ values: Float32Array.of(1, 2, 3, 4), shape: [2, 2] });
const batch = (): object => ({
  inputs: host(),
  targets: host(),
  weights: { values: Float32Array.of(1, 1), shape: [2] },
  size: 2,
});
const source = (): object => ({
  batchesPerEpoch: 1,
  examplesPerEpoch: 2,
  batchesAfter: () => 1,
  signature: 'in order',
  batches: () => [batch()],
});

/** Data whose `batches()` gives what the first argument is, or a batch that this is. */
const given = (what: 'batches' | 'batch') => (args: readonly unknown[]) => [
  { batchesPerEpoch: 1, batches: () => (what === 'batches' ? args[0] : [args[0]]) },
];

/** What a promise gives is awaited, as of any iterator. */
const aPromise: Rule = (value) => value instanceof Promise;

/** The methods that read data, in all their forms. */
export const fittingRows: readonly Row[] = [
  method('fit', () => [examples(), stopped()], [options(unread), options(fitRules)]),
  method('fit', () => [numbers(), numbers(), stopped()], [
    twoRows,
    twoRows,
    options({ ...fitRules, ...inMemory }),
  ]),
  method('fit', () => [examples(), { ...stopped(), validation: { clean: examples() } }], [
    nothing,
    options({ 'validation.clean': nothing, 'validation.clean.targets': twoRows }),
  ]),
  method('evaluate', () => [examples()], [options(read)]),
  method('evaluate', () => [numbers(), numbers(), {}], [
    nothing,
    nothing,
    options(inMemory, optionalOptions),
  ]),
  method('evaluate', () => [source()], [
    data({
      batchesPerEpoch: optional(oneOf(1)),
      examplesPerEpoch: optional(integer({ min: 1 })),
      batchesAfter: optional((value) => typeof value === 'function'),
      signature: optional((value) => typeof value === 'string'),
      batches: (value) => typeof value === 'function' && value.name !== 'Settings',
    }),
  ]),
  method('evaluate', () => [[batch()]], [nothing], given('batches')),
  method(
    'evaluate',
    () => [batch()],
    [
      options(
        {
          inputs: nothing,
          'inputs.values': nothing,
          'inputs.shape': nothing,
          'inputs.shape.1': oneOf(2),
          'inputs.normalization': optional(nothing),
          targets: nothing,
          'targets.values': nothing,
          'targets.shape': nothing,
          weights: optional(weightsOfTwo),
          'weights.values': twoNumbers,
          'weights.shape': nothing,
          size: optional(oneOf(1, 2)),
        },
        aPromise,
      ),
    ],
    given('batch'),
  ),
  method(
    'evaluate',
    () => [{ xs: tf.ones([2, 2]), ys: tf.ones([2, 2]) }],
    [options({ xs: nothing, ys: nothing })],
    (args) => [{ size: 1, [Symbol.asyncIterator]: () => [args[0]][Symbol.iterator]() }],
  ),
  method('predict', () => [numbers()], [tensor({ shape: [0, 2] })]),
  method('predict', () => [{ ...host() }], [
    options({ values: nothing, shape: nothing, 'shape.0': oneOf(2) }, tensor({ shape: [0, 2] })),
  ]),
  method('predict', () => [[batch()]], [nothing], given('batches')),
  method('predict', () => [numbers(), {}], [
    tensor({ shape: [0, 2] }),
    options({ signal: optional(nothing) }, optionalOptions),
  ]),
  method('evaluate', () => [examples(), {}], [
    nothing,
    options({ signal: optional(nothing) }, optionalOptions),
  ]),
  method('evaluate', () => [numbers(), numbers(), { signal: undefined }], [
    nothing,
    nothing,
    options({ ...inMemory, signal: optional(nothing) }, optionalOptions),
  ]),
];
