import * as tf from '@tensorflow/tfjs-core';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { options, type Row, type Rows } from '../../row.ts';
import {
  anything,
  arrayOf,
  callable,
  integer,
  nothing,
  number,
  optional,
  optionalOptions,
  type Rule,
  text,
} from '../../rules.ts';

const golden = pathToFileURL(
  fileURLToPath(new URL('../../../../packages/early-stopping/test/golden.json', import.meta.url)),
);
const anyNumber: Rule = (value) => typeof value === 'number';
const numbers: Rule = (value) => arrayOf(anyNumber)(value) || value instanceof Float32Array;
const nested: Rule = (value) => anyNumber(value) || (Array.isArray(value) && value.every(nested));
const tensors: Rule = (value) =>
  value instanceof tf.Tensor && !value.isDisposed && (value as tf.Tensor).dtype !== 'string';
const object: Rule = (value) =>
  typeof value === 'object' &&
  value !== null &&
  [null, Object.prototype].includes(Object.getPrototypeOf(value) as null);
const empty: Rule = (value) => object(value) && Object.keys(value as object).length === 0;
const quiet = { describe: () => undefined, it: () => undefined };
const trick = (name: string): object => ({ name, create: () => ({ name }) });
const followed = (): object => ({ losses: [1], weights: { 'dense_1/kernel': [1, 2] } });
const saved = (): object => ({ 'dense_1/kernel': { values: new Float32Array(2), shape: [2] } });
const snapshot = (): object => ({ variables: saved(), slots: {}, plugins: {}, version: 1 });
const shape: Rule = arrayOf(integer({ min: 0, max: 2 ** 24 }));
/** Falsy plugins are left out. */
const noPlugins: Rule = arrayOf((one) => one === null);
const runner: Rule = () => false;
const size = optional(integer({ min: 1, max: 2 ** 20 }));
const compared: Row = { right: () => [followed(), followed()], legal: [nothing, nothing] };

/** Every export of the package. */
export const testingRows: Rows = {
  TINY_SEED: 'a number',
  distanceFrom: {
    right: () => [[0.2], [0.5, 0.9], [0.5, 0.9]],
    legal: [
      (value) => numbers(value) && (value as number[]).length > 0,
      (value) => numbers(value) && (value as number[]).length === 2,
      (value) => numbers(value) && (value as number[]).length === 2,
    ],
  },
  expectClose: {
    right: () => [[1, 0], [[1], [0]], { absolute: 1 }],
    // Legal ones that differ end in an error of its own.
    legal: [
      (value) => (numbers(value) && (value as number[]).length === 2) || tensors(value),
      nothing,
      options({ relative: optional(number({ min: 0 })), absolute: optional(number({ min: 0 })) }, empty),
    ],
  },
  expectGradients: {
    right: () => [(x: tf.Tensor) => tf.sum(x), [tf.tensor1d([1, 2])], {}],
    legal: [
      callable,
      nothing,
      options(
        { step: optional(number({ above: 0 })), tolerance: optional(number({ above: 0 })) },
        optionalOptions,
      ),
    ],
  },
  expectSameTraining: compared,
  flat: { right: () => [[1, [2]]], legal: [nested] },
  followTraining: {
    right: () => [[], {}, { epochs: 1 }],
    who: ['createTrainer', 'trainer', 'fit'],
    legal: [
      noPlugins,
      (value) => value === undefined || empty(value),
      options({ epochs: optional(integer({ min: 1, max: 3 })), data: optional(nothing) }, optionalOptions),
    ],
  },
  loadGolden: { right: () => [golden], legal: [nothing] },
  plain: { right: () => [saved()], legal: [empty] },
  plainSnapshot: { right: () => [snapshot()], legal: [nothing] },
  presentDevices: {
    right: () => [['cpu']],
    who: ['openDevice'],
    legal: [(value) => Array.isArray(value) && value.length === 0],
  },
  presentWays: 'takes nothing',
  scattered: { right: () => [[2, 3], 1], legal: [shape, (value) => value === undefined || integer()(value)] },
  testTogether: {
    right: () => [[trick('a'), trick('b')], quiet, {}],
    legal: [nothing, runner, options({ model: optional(callable) }, optionalOptions)],
  },
  testTrick: {
    right: () => [trick('a'), quiet],
    legal: [options({ name: text, create: callable }), runner],
  },
  tinyData: { right: () => [{}], legal: [options({ examples: size, batch: size }, optionalOptions)] },
  tinyModel: 'takes nothing',
  tinyResidualModel: 'takes nothing',
  tinyTrainer: {
    right: () => [[], {}],
    who: ['createTrainer'],
    legal: [
      (value) => value === undefined || noPlugins(value),
      (value) => value === undefined || empty(value),
    ],
  },
  weightsOf: {
    right: () => [{ save: () => Promise.resolve(snapshot()), fit: anything }],
    legal: [nothing],
  },
};
