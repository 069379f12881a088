import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero, belowOne, commonEntries, type CommonOptions } from '../core/common-options.ts';
import { type Hyperparameter, schedulable } from '../core/hyperparameter.ts';
import type { Optimizer } from '../core/optimizer.ts';
import { mayMatter, type ParameterGroup } from '../core/parameter-group.ts';
import { ruleOptimizer, type RuleOptimizerOptions } from '../rule-optimizer/rule-optimizer.ts';
import { sgdInPlace } from '../rules/sgd-in-place.ts';
import { sgdUpdate } from '../rules/sgd-update.ts';

type Own = 'momentum' | 'dampening';

export interface SgdOptions extends CommonOptions<Own> {
  /** The momentum, in [0, 1); 0 by default. May be scheduled. */
  readonly momentum?: Hyperparameter;
  /**
   * The share of a gradient that is kept out of the momentum, in [0, 1]; 0 by default. May be scheduled. Must be 0
   * with Nesterov.
   */
  readonly dampening?: Hyperparameter;
  /** Whether to use Nesterov momentum. It needs a momentum above 0. */
  readonly nesterov?: boolean;
}

const own = {
  momentum: schedulable(belowOne),
  dampening: schedulable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
};

const schema = v.strictObject({
  learningRate: v.optional(atLeastZero, 0.01),
  momentum: v.optional(own.momentum, 0),
  dampening: v.optional(own.dampening, 0),
  nesterov: v.optional(v.boolean(), false),
  ...commonEntries(own),
});

/**
 * Creates stochastic gradient descent with momentum, as in PyTorch. See {@link sgdUpdate} for the formula.
 *
 * The slot of each parameter is `momentum`; with dampening also the scalar `step`.
 *
 * @param options - learning rate 0.01 by default
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4, groups: [noDecayOnBiasesAndNorms] });
 * ```
 * @see Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate, weightDecay = 0, groups, ...given } = parseOptions('sgd', schema, options);
  const has = (name: Own): boolean => mayMatter(name, given[name], groups);
  if (given.nesterov && !has('momentum')) throw invalid('nesterov needs a momentum above 0, got momentum 0');
  if (has('dampening') && !has('momentum'))
    throw invalid('dampening needs a momentum above 0, got momentum 0');
  if (given.nesterov && has('dampening'))
    throw invalid('dampening must be 0 with nesterov', given.dampening || undefined);
  return ruleOptimizer({ name: 'sgd', learningRate, weightDecay, groups, ...sgdRule(given, groups) });
}

/** Makes the rule, with its slots and hyperparameters. */
export function sgdRule(
  { momentum = 0, dampening = 0, nesterov = false }: Pick<SgdOptions, Own | 'nesterov'>,
  groups: readonly ParameterGroup<Own>[] = [],
): Pick<RuleOptimizerOptions<Own>, 'rule' | 'hyperparameters'> {
  return {
    hyperparameters: { momentum, dampening },
    rule: {
      elementwise: true,
      settings: { nesterov },
      slots: {
        ...(mayMatter('momentum', momentum, groups) && { momentum: 'parameter' }),
        ...(mayMatter('dampening', dampening, groups) && { step: 'scalar' }),
      },
      changeInPlace: (part) => sgdInPlace({ ...part, options: { ...part.options, nesterov } }),
      update: (parameter, gradient, slots, update) =>
        sgdUpdate(parameter, gradient, slots, { ...update, nesterov }),
    },
  };
}

function invalid(what: string, received?: Hyperparameter): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'sgd',
    what: typeof received === 'number' ? `${what}, got ${received}` : what,
    fix: 'Change or remove one of the two',
  });
}
