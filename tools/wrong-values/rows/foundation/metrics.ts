import * as tf from '@tensorflow/tfjs-core';
import { options, type Row, type Rows } from '../../row.ts';
import {
  arrayOf,
  flag,
  integer,
  name,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
} from '../../rules.ts';

const from = optional(oneOf('logits', 'probabilities'));
const ignoreIndex = optional(integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const classNames = optional(
  (value) =>
    arrayOf(name, { min: 1 })(value) && new Set(value as string[]).size === (value as string[]).length,
);
const threshold = optional(number({ above: 0, below: 1 }));

const withOptions = (given: Parameters<typeof options>[0]): Row => ({
  right: () => [{}],
  legal: [options(given, optionalOptions)],
});

const ratio = withOptions({
  average: optional(oneOf('macro', 'weighted', 'micro', 'each')),
  positive: optional(integer({ min: 0 })),
  multiLabel: optional(flag),
  from,
  threshold,
  zeroDivision: optional(oneOf(0, 1)),
  classNames,
  ignoreIndex,
});

const area = withOptions({
  average: optional(oneOf('macro', 'weighted', 'each')),
  multiLabel: optional(flag),
  from,
  maxExamples: optional(integer({ min: 1 })),
  classNames,
  ignoreIndex,
});

/** Every export of the package. */
export const metricsRows: Rows = {
  averagePrecision: area,
  confusionMatrix: withOptions({ classNames, from, threshold, ignoreIndex }),
  f1: ratio,
  meanAbsoluteError: 'takes nothing',
  meter: {
    right: () => [{ name: 'count', tally: () => tf.scalar(1), add: () => ({}), figure: () => 1 }],
    legal: [nothing],
  },
  precision: ratio,
  r2: withOptions({ average: optional(oneOf('uniform', 'variance', 'each')) }),
  recall: ratio,
  rocAuc: area,
  rootMeanSquaredError: 'takes nothing',
};
