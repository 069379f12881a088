import { isPlainObject, isTensor } from '@cantrip/errors';
import { options, type Row, type Rows } from '../../row.ts';
import {
  anything,
  callable,
  nothing,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  text,
} from '../../rules.ts';
import { length } from '../lr-schedules/rules.ts';

const anyObject: Rule = (value) => typeof value === 'object' && value !== null;
const tensor = (): unknown => ({ values: new Float32Array(2), shape: [2] });
/** A part of a batch, whose tensors are checked where they are read. */
const tensors: Rule = (value) => isTensor(value) || isPlainObject(value);
const emptyModel = (): object => ({ layers: [], inputs: [], outputs: [], getClassName: () => 'Model' });
/** It says of any value whether it fits. */
const judge: Row = { right: () => [1], legal: [anything] };

/** Every export of the package. */
export const pluginKitRows: Rows = {
  batchesPerEpoch: { right: () => [{ batchesPerEpoch: 3 }], legal: [anyObject] },
  endingsOf: { right: () => [{ outputs: [], outputNames: [] }], legal: [nothing] },
  entriesOfTensors: { right: () => [tensor()], legal: [tensors] },
  exactSteps: {
    right: () => ['exactSteps', '10%', { stepsPerEpoch: 5, totalSteps: 10 }],
    legal: [anything, length, () => false],
    // Who asks is a constant of a plugin.
    call: (exactSteps, [, given, run]) => exactSteps('exactSteps' as never, given as never, run as never),
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
  lengthCheck: judge,
  matchesName: {
    right: () => ['head/**', 'head/kernel', 'head/kernel'],
    legal: [
      (value) => value instanceof RegExp || (typeof value === 'string' && value !== ''),
      (value) => typeof value === 'string',
      (value) => value === undefined || typeof value === 'string',
    ],
  },
  mapTensors: { right: () => [tensor(), () => 1], legal: [tensors, callable] },
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
  stableName: {
    right: () => [{ name: 'dense_Dense7', getClassName: () => 'Dense' }, new Map()],
    legal: [() => false, (value) => value instanceof Map],
  },
  wholeStep: { right: () => [2.5], legal: [(value) => typeof value === 'number' && !Number.isNaN(value)] },
};
