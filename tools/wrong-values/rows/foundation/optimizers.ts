import * as tf from '@tensorflow/tfjs-core';
import * as optimizers from '@cantrip/optimizers';
import { options, type Row, type Rows } from '../../row.ts';
import {
  arrayOf,
  either,
  flag,
  integer,
  name,
  named,
  nothing,
  number,
  optional,
  optionalOptions,
  type OptionRules,
  type Rule,
  scalar,
  tensor as tensorOf,
} from '../../rules.ts';

const atLeastZero = number({ min: 0 });
const aboveZero = number({ above: 0 });
const belowOne = number({ min: 0, below: 1 });
const common = {
  learningRate: optional(atLeastZero),
  weightDecay: optional(atLeastZero),
  groups: optional(arrayOf(nothing)),
};
const adam = {
  ...common,
  beta1: optional(belowOne),
  beta2: optional(belowOne),
  epsilon: optional(atLeastZero),
};

const factory = (given: OptionRules): Row => ({
  right: () => [{}],
  legal: [options(given, optionalOptions)],
});
const tensor = (): tf.Tensor => tf.tensor1d([1, 2]);
const orScalar = (rule: Rule): Rule => either(rule, scalar);
const rates = { learningRate: orScalar(atLeastZero) };
const pair = tensorOf({ shape: [2] });
const update = (given: OptionRules): Row => ({
  right: () => [tensor(), tensor(), {}, { learningRate: tf.scalar(0.1) }],
  legal: [
    pair,
    pair,
    either(optionalOptions),
    options({ ...rates, weightDecay: optional(orScalar(atLeastZero)), ...given }),
  ],
});

/** Every export of the package. */
export const optimizerRows: Rows = {
  accumulateGradients: {
    right: () => [optimizers.sgd(), { steps: 2 }],
    legal: [nothing, options({ steps: integer({ min: 1 }) })],
  },
  adam: factory(adam),
  adamw: factory(adam),
  rmsprop: factory({
    ...common,
    decay: optional(belowOne),
    epsilon: optional(atLeastZero),
    momentum: optional(belowOne),
    centered: optional(flag),
  }),
  sgd: factory({
    ...common,
    momentum: optional(belowOne),
    dampening: optional(number({ min: 0, max: 1 })),
    nesterov: optional(flag),
  }),
  adamUpdate: update({
    beta1: optional(orScalar(belowOne)),
    beta2: optional(orScalar(belowOne)),
    epsilon: optional(orScalar(atLeastZero)),
  }),
  adamwUpdate: update({
    beta1: optional(orScalar(belowOne)),
    beta2: optional(orScalar(belowOne)),
    epsilon: optional(orScalar(atLeastZero)),
  }),
  rmspropUpdate: update({
    decay: optional(orScalar(belowOne)),
    epsilon: optional(orScalar(atLeastZero)),
    momentum: optional(orScalar(belowOne)),
    centered: optional(flag),
  }),
  sgdUpdate: update({
    momentum: optional(orScalar(belowOne)),
    dampening: optional(orScalar(number({ min: 0, max: 1 }))),
    nesterov: optional(flag),
  }),
  clip: {
    right: () => [optimizers.sgd(), { value: 1 }],
    legal: [nothing, options({ globalNorm: nothing, value: aboveZero })],
  },
  clipByGlobalNorm: { right: () => [{ w: tensor() }, 1], legal: [optionalObject, aboveZero] },
  clipByValue: { right: () => [{ w: tensor() }, 1], legal: [optionalObject, aboveZero] },
  fromTfjs: { right: () => [tf.train.sgd(0.1)], legal: [nothing] },
  layerwiseDecay: {
    right: () => [{ layers: ['a/**'], decay: 0.5 }],
    legal: [options({ layers: arrayOf(name, { min: 1 }), decay: aboveZero, minimum: optional(atLeastZero) })],
  },
  noDecayOnBiasesAndNorms: 'a value',
  ruleOptimizer: {
    right: () => [rule()],
    legal: [
      options({
        name,
        learningRate: atLeastZero,
        weightDecay: optional(atLeastZero),
        groups: optional(arrayOf(nothing)),
        hyperparameters: optional(named(number())),
        rule: nothing,
      }),
    ],
  },
  scheduled: { right: () => ['decay'], legal: [name] },
};

function optionalObject(value: unknown): boolean {
  return value !== undefined && optionalOptions(value);
}

function rule(): optimizers.RuleOptimizerOptions {
  return {
    name: 'own',
    learningRate: 0.1,
    rule: { slots: {}, update: (parameter) => ({ parameter, slots: {} }) },
  };
}
