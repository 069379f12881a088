import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { adamRule } from '../built-in/adam.ts';
import { atLeastZero, belowOne } from '../core/common-options.ts';
import type { Optimizer } from '../core/optimizer.ts';
import { ruleOptimizer, type RuleOptimizerOptions } from '../rule-optimizer/rule-optimizer.ts';
import { adamUpdate } from '../rules/adam-update.ts';
import { sgdRule } from '../built-in/sgd.ts';
import { adadeltaRule, adagradRule, adamaxRule, tfjsRmspropRule } from './tfjs-rules.ts';

const learningRate = atLeastZero;
const epsilon = atLeastZero;

/** For each optimizer class of tfjs: the schema of its getConfig(), and our rule that does the same. */
const adapters = [
  adapter(tf.SGDOptimizer, v.object({ learningRate }), () => sgdRule({})),
  adapter(
    tf.MomentumOptimizer,
    v.object({ learningRate, momentum: belowOne, useNesterov: v.boolean() }),
    ({ momentum, useNesterov }) => sgdRule({ momentum, nesterov: useNesterov }),
  ),
  adapter(
    tf.AdagradOptimizer,
    v.object({ learningRate, initialAccumulatorValue: atLeastZero }),
    ({ initialAccumulatorValue }) => ({
      rule: adagradRule({ initialAccumulatorValue, epsilon: tf.backend().epsilon() }),
    }),
  ),
  adapter(tf.AdadeltaOptimizer, v.object({ learningRate, rho: belowOne, epsilon }), (config) => ({
    rule: adadeltaRule(config),
  })),
  adapter(
    tf.AdamOptimizer,
    v.object({ learningRate, beta1: belowOne, beta2: belowOne, epsilon }),
    ({ learningRate: _, ...hyperparameters }) => ({ hyperparameters, rule: adamRule(adamUpdate) }),
  ),
  adapter(
    tf.AdamaxOptimizer,
    v.object({ learningRate, beta1: belowOne, beta2: belowOne, epsilon, decay: atLeastZero }),
    (config) => ({ rule: adamaxRule(config) }),
  ),
  adapter(
    tf.RMSPropOptimizer,
    v.object({ learningRate, decay: belowOne, momentum: belowOne, epsilon, centered: v.boolean() }),
    (config) => ({ rule: tfjsRmspropRule(config) }),
  ),
];

/**
 * Makes a Cantrip optimizer with the same rule and hyperparameters as one of the seven of `tf.train`.
 *
 * Its learning rate may change from step to step; tfjs's SGD and momentum ignore such a change. Slots belong to a
 * parameter's name, not to its position. Training starts with empty slots, whatever the tfjs optimizer did before.
 * The tfjs optimizer itself is neither used nor changed; dispose it if you do not need it otherwise.
 *
 * @throws CantripError OPTION_INVALID for a subclass, another optimizer, or a hyperparameter out of range
 * @example
 * ```ts
 * fromTfjs(tf.train.momentum(0.1, 0.9)).name; // 'Momentum'
 * ```
 */
export function fromTfjs(optimizer: tf.Optimizer): Optimizer {
  for (const adapt of adapters) {
    const adapted = adapt(optimizer);
    if (adapted) return adapted;
  }
  throw new CantripError('OPTION_INVALID', {
    who: 'fromTfjs',
    what: `needs an optimizer of tf.train of the same copy of tfjs-core, got ${describe(optimizer)}`,
    fix: 'Pass one of sgd, momentum, adagrad, adadelta, adam, adamax, rmsprop, or write the rule for ruleOptimizer()',
  });
}

type RateSchema = v.GenericSchema<unknown, { learningRate: number }>;
type Adapter = (optimizer: tf.Optimizer) => Optimizer | undefined;

function adapter<const Schema extends RateSchema>(
  tfjsClass: { readonly className: string; readonly prototype: tf.Optimizer },
  schema: Schema,
  ruleOf: (config: v.InferOutput<Schema>) => Pick<RuleOptimizerOptions<string>, 'rule' | 'hyperparameters'>,
): Adapter {
  return (optimizer) => {
    // instanceof is not enough, because a subclass may follow another rule.
    if (!isObject(optimizer) || Object.getPrototypeOf(optimizer) !== tfjsClass.prototype) return undefined;
    const name = tfjsClass.className;
    const config = parseOptions(`fromTfjs(${name})`, schema, optimizer.getConfig());
    return ruleOptimizer({ name, learningRate: config.learningRate, ...ruleOf(config) });
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
