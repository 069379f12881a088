import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero, belowOne, commonEntries, type CommonOptions } from '../core/common-options.ts';
import { type Hyperparameter, schedulable } from '../core/hyperparameter.ts';
import type { Optimizer } from '../core/optimizer.ts';
import { ruleOptimizer } from '../rule-optimizer/rule-optimizer.ts';
import { adamUpdate } from '../rules/adam-update.ts';
import { adamwUpdate } from '../rules/adamw-update.ts';
import type { UpdateRule } from '../rules/update-rule.ts';

type Own = 'beta1' | 'beta2' | 'epsilon';

/** The options of {@link adam} and {@link adamw}. */
export interface AdamOptions extends CommonOptions<Own> {
  /** The decay of the first moment, in [0, 1); 0.9 by default. May be scheduled. */
  readonly beta1?: Hyperparameter;
  /** The decay of the second moment, in [0, 1); 0.999 by default. May be scheduled. */
  readonly beta2?: Hyperparameter;
  /** The number added to the root of the second moment; at least 0, 1e-8 by default. May be scheduled. */
  readonly epsilon?: Hyperparameter;
}

const own = {
  beta1: schedulable(belowOne),
  beta2: schedulable(belowOne),
  epsilon: schedulable(atLeastZero),
};

const schema = v.strictObject({
  learningRate: v.optional(atLeastZero, 0.001),
  beta1: v.optional(own.beta1, 0.9),
  beta2: v.optional(own.beta2, 0.999),
  epsilon: v.optional(own.epsilon, 1e-8),
  ...commonEntries(own),
});

/**
 * Creates the optimizer Adam. Weight decay is added to the gradient. See {@link adamUpdate} for the formula.
 *
 * The slots of each parameter are `firstMoment`, `secondMoment` and the scalar `step`. The bias correction counts the
 * updates of the parameter itself.
 *
 * @param options - learning rate 0.001 by default
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * adam({ learningRate: 3e-4 });
 * ```
 * @see Kingma and Ba, Adam: a method for stochastic optimization, https://arxiv.org/abs/1412.6980
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamLike('adam', adamUpdate, 0, options);
}

/**
 * Creates the optimizer AdamW: Adam with decoupled weight decay. See {@link adamwUpdate} for the formula. Its slots
 * are those of Adam.
 *
 * @param options - learning rate 0.001 and weight decay 0.01 by default
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * adamw({ learningRate: 3e-4, weightDecay: 0.05, groups: [noDecayOnBiasesAndNorms] });
 * ```
 * @see Loshchilov and Hutter, Decoupled weight decay regularization, https://arxiv.org/abs/1711.05101
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  return adamLike('adamw', adamwUpdate, 0.01, options);
}

function adamLike(
  name: 'adam' | 'adamw',
  update: typeof adamUpdate,
  defaultWeightDecay: number,
  options: AdamOptions,
): Optimizer {
  const parsed = parseOptions(name, schema, options);
  const { learningRate, groups, weightDecay = defaultWeightDecay, ...hyperparameters } = parsed;
  return ruleOptimizer({ name, learningRate, weightDecay, groups, hyperparameters, rule: adamRule(update) });
}

/** Makes the rule of Adam or AdamW, with its slots. */
export function adamRule(update: typeof adamUpdate): UpdateRule<Own> {
  return {
    elementwise: true,
    slots: { firstMoment: 'parameter', secondMoment: 'parameter', step: 'scalar' },
    update,
  };
}
