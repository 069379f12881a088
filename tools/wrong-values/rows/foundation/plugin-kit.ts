import { isPlainObject, isTensor } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { data, options, type Row, type Rows } from '../../row.ts';
import {
  anything,
  arrayOf,
  callable,
  integer,
  isEmptyObject,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  pattern,
  type Rule,
  tensor,
  text,
} from '../../rules.ts';
import { length } from '../lr-schedules/rules.ts';

const anyObject: Rule = (value) => typeof value === 'object' && value !== null;
const part = (): unknown => ({ values: new Float32Array(2), shape: [2] });
const anyNumber: Rule = (value) => typeof value === 'number';
const notNaN: Rule = (value) => typeof value === 'number' && !Number.isNaN(value);
/** A part of a batch, whose tensors are checked where they are read. */
const tensors: Rule = (value) => isTensor(value) || isPlainObject(value);
const emptyModel = (): object => ({ layers: [], inputs: [], outputs: [], getClassName: () => 'Model' });
/** It says of any value whether it fits. */
const judge: Row = { right: () => [1], legal: [anything] };

/** Every export of the package. */
export const pluginKitRows: Rows = {
  batchesPerEpoch: { right: () => [{ batchesPerEpoch: 3 }], legal: [anyObject] },
  copyVariables: {
    right: () => [{ w: tf.variable(tf.ones([2])) }, (name: string) => name],
    legal: [
      data({ w: tensor({ dtypes: ['float32', 'int32', 'bool', 'string', 'complex64'] }) }, isEmptyObject),
      optional(callable),
    ],
  },
  endingsOf: { right: () => [{ outputs: [], outputNames: [] }], legal: [nothing] },
  entriesOfTensors: { right: () => [part()], legal: [tensors] },
  entryOf: {
    right: () => [[['a', 1]], 'a'],
    legal: [arrayOf(() => false), (value) => value === undefined || typeof value === 'string'],
  },
  exactSteps: {
    right: () => ['exactSteps', '10%', { stepsPerEpoch: 5, totalSteps: 10 }],
    legal: [anything, length, () => false],
    // Who asks is a constant of a plugin.
    call: (exactSteps, [, given, run]) => exactSteps('exactSteps' as never, given as never, run as never),
  },
  figuresOfStep: {
    right: () => [{ learningRate: 0.1, scalars: { growth: 1 }, loss: async () => 0.5 }],
    legal: [
      data({
        learningRate: (value) => typeof value === 'number',
        scalars: isPlainObject,
        loss: callable,
      }),
    ],
  },
  functionInRun: {
    right: () => ['functionInRun', () => 0.1, {}],
    legal: [
      text,
      callable,
      options(
        {
          pastEnd: optional(oneOf('throw', 'hold')),
          newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
        },
        optionalOptions,
      ),
    ],
  },
  heldBy: { right: () => [emptyModel()], legal: [anyObject] },
  heldLayers: { right: () => [emptyModel()], legal: [anyObject] },
  isHostTensor: judge,
  epochLine: {
    right: () => [{ epoch: 1, epochs: 2, logs: { loss: 0.5 } }],
    legal: [
      data({
        epoch: anyNumber,
        epochs: anyNumber,
        logs: (value) => isPlainObject(value) && Object.values(value).every(anyNumber),
        'logs.loss': anyNumber,
        learningRate: optional(anyNumber),
        examplesPerSecond: optional(anyNumber),
        seconds: optional(anyNumber),
      }),
    ],
  },
  validationLine: {
    right: () => [{ step: 500, logs: { validation_loss: 0.5 } }],
    legal: [
      data({
        step: anyNumber,
        logs: (value) => isPlainObject(value) && Object.values(value).every(anyNumber),
        'logs.validation_loss': anyNumber,
      }),
    ],
  },
  watchedFigure: {
    right: () => [
      'watchedFigure',
      'monitor',
      'loss',
      { logs: { loss: 0.5 }, run: { stopReason: undefined } },
    ],
    legal: [
      anything,
      anything,
      oneOf('loss'),
      data({
        logs: (value) => isPlainObject(value) && Object.values(value).every(anyNumber),
        'logs.loss': anyNumber,
        run: isPlainObject,
        'run.stopReason': anything,
      }),
    ],
    // Who asks, and by which option, are constants of a plugin.
    call: (watchedFigure, [, , name, measured]) =>
      watchedFigure('watchedFigure' as never, 'monitor' as never, name as never, measured as never),
  },
  periodCheck: judge,
  figureOf: {
    right: () => ['figureOf', 'monitor', { loss: 0.5 }, 'loss'],
    legal: [anything, anything, data({ loss: (value) => typeof value === 'number' }), oneOf('loss')],
    // Who asks, and by which option, are constants of a plugin.
    call: (figureOf, [, , logs, name]) =>
      figureOf('figureOf' as never, 'monitor' as never, logs as never, name as never),
  },
  isDue: { right: () => [5, 2.5], legal: [notNaN, notNaN] },
  lengthCheck: judge,
  matchesName: {
    right: () => ['head/**', 'head/kernel', 'head/kernel'],
    legal: [
      pattern,
      (value) => typeof value === 'string',
      (value) => value === undefined || typeof value === 'string',
    ],
  },
  mapTensors: { right: () => [part(), () => 1], legal: [tensors, callable] },
  namedOrOnly: {
    right: () => [part(), 'a'],
    legal: [tensors, (value) => value === undefined || typeof value === 'string'],
  },
  namePatternCheck: judge,
  namedLayers: { right: () => [{ layers: [] }], legal: [nothing] },
  namesOfLayers: { right: () => [{ layers: [] }], legal: [nothing] },
  parametersOf: { right: () => [{ layers: [] }], legal: [nothing] },
  rebuildModel: {
    right: () => ['rebuildModel', emptyModel(), () => undefined],
    legal: [anything, nothing, callable],
    // Who asks is a constant of a plugin.
    call: (rebuildModel, [, ...given]) =>
      (rebuildModel as (...all: readonly unknown[]) => unknown)('rebuildModel', ...given),
  },
  residualBlocks: { right: () => [emptyModel()], legal: [nothing] },
  packageVersions: {
    right: () => [['@cantrip/errors'], import.meta.url],
    legal: [arrayOf(text), (value) => typeof value === 'string' && URL.canParse(value)],
  },
  plainSettings: { right: () => [{ rate: 0.1 }], legal: [isPlainObject] },
  settingsOfRun: {
    right: () => [
      {
        seed: 1,
        optimizer: { name: 'sgd', learningRate: 0.1, settings: { momentum: 0.9 } },
        losses: [],
        plugins: [],
      },
    ],
    legal: [
      data({
        seed: (value) => typeof value === 'number',
        'optimizer.name': text,
        'optimizer.learningRate': (value) => typeof value === 'number',
        'optimizer.settings': (value) => value === undefined || isPlainObject(value),
        losses: arrayOf(anyObject),
        plugins: arrayOf(anyObject),
      }),
    ],
  },
  // What is no number is a dash.
  shortNumber: judge,
  shortTime: judge,
  stableName: {
    right: () => [{ name: 'dense_Dense7', getClassName: () => 'Dense' }, new Map()],
    legal: [() => false, (value) => value instanceof Map],
  },
  studentQuantile: {
    right: () => [0.975, 4],
    legal: [number({ above: 0.5, below: 1 }), integer({ min: 1, max: 100_000 })],
  },
  wholeStep: { right: () => [2.5], legal: [notNaN] },
};
