import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { options, type Rows } from '../row.ts';
import {
  arrayOf,
  callable,
  either,
  flag,
  integer,
  name,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  pattern,
  type Rule,
  tensor,
} from '../rules.ts';

const duration: Rule = either(
  integer({ min: 0 }),
  (value) => typeof value === 'string' && /^\d+(\.\d+)?(ep|%)$/.test(value) && parseFloat(value) <= 100,
);
const modes = {
  normalizeWith: optional(oneOf('moving', 'batch')),
  statistics: optional(oneOf('freeze', 'update')),
  affine: optional(oneOf('freeze', 'train')),
  reassert: optional(flag),
};
/** A selector that fits no layer is an error of its own. */
const selector = either(callable, pattern);
const layers = { layers: optional(either(selector, arrayOf(selector, { min: 1 }))) };
const model = (): tfl.LayersModel =>
  tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [2] })] });
const parameters = (): object => ({ mean: tf.zeros([2]), variance: tf.ones([2]) });
const channels = tensor({ shape: [2] });
const parameterRules = {
  mean: channels,
  variance: channels,
  gamma: optional(channels),
  beta: optional(channels),
  epsilon: optional(number({ min: 0 })),
};

/** Every export of the package. */
export const freezeBnRows: Rows = {
  batchNormFreezing: {
    right: () => [{}],
    legal: [
      options({ ...modes, ...layers, at: optional(duration), until: optional(duration) }, optionalOptions),
    ],
  },
  batchNormReestimation: {
    right: () => [{ data: source() }],
    legal: [
      options({
        data: nothing,
        batches: optional(integer({ min: 1 })),
        every: optional((value) => duration(value) && value !== 0),
        ...layers,
      }),
    ],
  },
  foldBatchNorm: { right: () => [parameters()], legal: [options(parameterRules)] },
  freezeBatchNorm: {
    right: () => [model(), {}],
    legal: [nothing, options({ ...modes, ...layers }, optionalOptions)],
  },
  frozenBatchNorm: {
    right: () => [tf.ones([1, 2]), parameters()],
    legal: [(value) => tensor()(value) && (value as tf.Tensor).shape.at(-1) === 2, options(parameterRules)],
  },
  gradualUnfreezing: {
    right: () => [{ groups: ['a/**'] }],
    legal: [
      options({
        groups: arrayOf(name, { min: 1 }),
        every: optional(either(duration, arrayOf(duration))),
        ramp: optional(either(duration, callable)),
        batchNorm: optional(oneOf('freeze', 'train')),
      }),
    ],
  },
  rampedGroups: { right: () => [['a/**']], legal: [arrayOf(name, { min: 1 })] },
  reestimateBatchNorm: {
    right: () => [model(), [tf.ones([2, 2])], {}],
    legal: [nothing, nothing, options(layers, optionalOptions)],
  },
};

function source(): object {
  return { stepsPerEpoch: 1, batches: () => [] };
}
