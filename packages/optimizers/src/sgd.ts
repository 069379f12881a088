import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero, belowOne, commonEntries, type CommonOptions } from './common-options.ts';
import { type Hyperparameter, mayMatter, schedulable, withScalars } from './hyperparameter.ts';
import type { Optimizer } from './optimizer.ts';
import { ruleOptimizer } from './rule-optimizer.ts';
import { sgdUpdate } from './rules/sgd-update.ts';
import type { SlotShape, UpdateRule } from './rules/update-rule.ts';

export interface SgdOptions extends CommonOptions {
  /** In [0, 1); 0 by default. May be scheduled. */
  readonly momentum?: Hyperparameter;
  /** How much of a gradient is kept out of the momentum, in [0, 1]; 0 by default. Not with Nesterov. */
  readonly dampening?: number;
  /** Looks ahead along the momentum, which must be above 0. */
  readonly nesterov?: boolean;
}

const schema = v.strictObject({
  learningRate: v.optional(atLeastZero, 0.01),
  momentum: v.optional(schedulable(belowOne), 0),
  dampening: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
  nesterov: v.optional(v.boolean(), false),
  ...commonEntries,
});

/**
 * Stochastic gradient descent with momentum, as PyTorch has it; see {@link sgdUpdate} for the formula.
 *
 * The slot of each parameter is `momentum`; with dampening also `step`, a scalar.
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
  if (given.momentum === 0 && given.nesterov) throw invalid('nesterov needs momentum, got momentum 0');
  if (given.momentum === 0 && given.dampening > 0) throw invalid('dampening needs momentum, got momentum 0');
  if (given.dampening > 0 && given.nesterov) throw invalid('nesterov needs dampening 0', given.dampening);
  return ruleOptimizer({
    name: 'sgd',
    learningRate,
    weightDecay,
    groups,
    rule: sgdRule(given),
  });
}

type SgdRuleOptions = Pick<SgdOptions, 'momentum' | 'dampening' | 'nesterov'>;

/** The rule with its slots. */
export function sgdRule(given: SgdRuleOptions): UpdateRule {
  return {
    elementwise: true,
    slots: slotsOf(given),
    update: (parameter, gradient, slots, update) =>
      sgdUpdate(parameter, gradient, slots, { ...update, ...withScalars('sgd', given, update.scalars) }),
  };
}

function slotsOf(given: SgdRuleOptions): Readonly<Record<string, SlotShape>> {
  const { momentum = 0, dampening = 0 } = given;
  if (!mayMatter(momentum)) return {};
  return dampening === 0 ? { momentum: 'parameter' } : { momentum: 'parameter', step: 'scalar' };
}

function invalid(what: string, received?: number): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'sgd',
    what: received === undefined ? what : `${what}, got ${received}`,
    fix: 'Change one of the two',
  });
}
