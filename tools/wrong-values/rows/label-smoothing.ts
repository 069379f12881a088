import * as tf from '@tensorflow/tfjs-core';
import { options, type Row, type Rows } from '../row.ts';
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
  type OptionRules,
  type Rule,
  scalar,
  tensor,
} from '../rules.ts';

const share = number({ min: 0, below: 1 });
const shares = either(share, scalar, tensor({ shape: [2] }));
const atLeastZero = number({ min: 0 });
const probability = number({ min: 0, max: 1 });
const many = (rule: Rule): Rule => either(rule, arrayOf(rule, { min: 1 }));
const ignoreIndex = optional(integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const activation = optional(oneOf('softmax', 'sigmoid'));
const from = optional(oneOf('logits', 'probabilities'));
const loss = {
  activation,
  smoothing: optional(shares),
  prior: optional(probability),
  classWeights: optional(nothing),
  positiveWeights: optional(oneOf(1)),
  threshold: optional(nothing),
  ignoreIndex,
  confidencePenalty: optional(either(atLeastZero, scalar)),
  entropyThreshold: optional(atLeastZero),
  axis: optional(oneOf(-1, 1)),
  from,
  shiftLabels: optional(flag),
  sumClasses: optional(oneOf(false)),
};

const withOptions = (given: OptionRules): Row => ({
  right: () => [{}],
  legal: [options(given, optionalOptions)],
});

/** Every export of the package. */
export const labelSmoothingRows: Rows = {
  calibrationOf: {
    who: ['calibrationMeter'],
    right: () => [{ predict: () => tf.ones([2, 2]) }, { batches }, {}],
    legal: [
      nothing,
      nothing,
      options({ output: optional(name), bins: optional(integer({ min: 1, max: 1e6 })) }, optionalOptions),
    ],
  },
  reliabilityChart: { right: () => [calibration()], legal: [nothing] },
  reliabilityDiagram: {
    right: () => [calibration(), {}],
    legal: [
      nothing,
      options(
        {
          title: optional((value) => typeof value === 'string'),
          size: optional(number({ min: 100, max: 1e5 })),
        },
        optionalOptions,
      ),
    ],
  },
  smoothedCrossEntropy: withOptions({
    ...loss,
    prior: optional(many(probability)),
    classWeights: optional(arrayOf(atLeastZero, { min: 1 })),
    axis: optional(integer()),
    reduction: optional(oneOf('mean', 'sum')),
  }),
  brierScore: withOptions({ ignoreIndex }),
  calibrationMeter: withOptions({
    bins: optional(integer({ min: 1, max: 1e6 })),
    binning: optional(oneOf('equal-width', 'equal-mass')),
    from,
    activation,
    classwise: optional(flag),
    ignoreIndex,
  }),
  confidence: withOptions({ ignoreIndex }),
  crossEntropy: {
    who: ['label-smoothing'],
    right: () => [tf.tensor1d([0, 1], 'int32'), tf.ones([2, 2]), {}],
    legal: [
      tensor({ dtypes: ['int32'], shape: [2] }),
      tensor({ shape: [2] }),
      options(
        {
          ...loss,
          axis: optional(oneOf(-1, 0, 1)),
          reduction: optional(oneOf('mean', 'sum', 'none')),
          divisor: optional(either(number({ above: 0 }), scalar)),
        },
        optionalOptions,
      ),
    ],
  },
  labelSmoothing: withOptions({
    smoothing: optional(either(many(share), callable)),
    prior: optional(many(probability)),
    activation,
    confidencePenalty: optional(either(atLeastZero, callable)),
    output: optional(either(name, arrayOf(name, { min: 1 }))),
    pastEnd: optional(oneOf('throw', 'hold')),
    newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
  }),
  smoothLabels: {
    who: ['label-smoothing'],
    right: () => [tf.tensor1d([0, 1], 'int32'), { classes: 2 }],
    legal: [
      either(
        tensor({ dtypes: ['int32'] }),
        (value) => tensor()(value) && (value as tf.Tensor).shape.at(-1) === 2,
      ),
      options({
        smoothing: optional(shares),
        classes: integer({ min: 2, max: 2 ** 31 - 1 }),
        prior: optional(probability),
        activation,
      }),
    ],
  },
};

function* batches(): Generator<object> {
  yield { inputs: [], targets: tf.tensor1d([0, 1], 'int32') };
}

function calibration(): object {
  const bin = { low: 0, high: 1, count: 2, confidence: 0.5, accuracy: 0.5 };
  return { bins: [bin], expectedError: 0, maximumError: 0, accuracy: 0.5, confidence: 0.5 };
}
