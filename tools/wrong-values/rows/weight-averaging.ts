import * as tf from '@tensorflow/tfjs-core';
import { data, options, type Rows } from '../row.ts';
import {
  either,
  flag,
  integer,
  isEmptyObject,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  scalar,
  tensor,
} from '../rules.ts';

const share = number({ min: 0, max: 1 });
const length = (least: number): Rule =>
  either(
    integer({ min: least }),
    (value) => typeof value === 'string' && /^\d+(\.\d+)?(ep|%)$/.test(value) && parseFloat(value) >= least,
  );
const warmup = optional(either(flag, isEmptyObject));
const averaging = {
  start: optional(length(0)),
  every: optional(length(1)),
  statistics: optional(oneOf('average', 'copy')),
  evaluateWith: optional(oneOf('averages', 'weights')),
};

/** Every export of the package. */
export const weightAveragingRows: Rows = {
  weightAveraging: {
    right: () => [{}],
    legal: [
      options(
        { ...averaging, decay: optional(share), halfLife: optional(length(1)), warmup },
        optionalOptions,
      ),
    ],
  },
  stochasticWeightAveraging: {
    right: () => [{}],
    legal: [
      options(
        {
          ...averaging,
          learningRate: optional(number({ min: 0 })),
          anneal: optional(length(0)),
          annealing: optional(oneOf('cosine', 'linear')),
        },
        optionalOptions,
      ),
    ],
  },
  emaDecay: {
    right: () => [1, {}],
    legal: [integer({ min: 0 }), options({ decay: optional(share), warmup }, optionalOptions)],
  },
  moveAverages: {
    right: () => [{ w: tf.variable(tf.zeros([2])) }, { w: tf.ones([2]) }, 0.5],
    legal: [data({ w: nothing }, isEmptyObject), data({ w: tensor({ shape: [2] }) }), either(share, scalar)],
  },
  averagedSnapshot: {
    right: () => [
      { variables: {}, plugins: { averages: { state: {}, variables: {} } }, position: { step: 0 } },
      { name: 'averages' },
    ],
    legal: [nothing, nothing],
  },
};
