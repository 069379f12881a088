import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero, belowOne, commonEntries, type CommonOptions } from '../core/common-options.ts';
import { type Hyperparameter, schedulable } from '../core/hyperparameter.ts';
import type { Optimizer } from '../core/optimizer.ts';
import { mayMatter } from '../core/parameter-group.ts';
import { ruleOptimizer } from '../rule-optimizer/rule-optimizer.ts';
import { rmspropUpdate } from '../rules/rmsprop-update.ts';

export interface RmspropOptions extends CommonOptions<'decay' | 'epsilon' | 'momentum'> {
  /** The decay of the mean square, in [0, 1); 0.99 by default (PyTorch's alpha). May be scheduled. */
  readonly decay?: Hyperparameter;
  /** The number added to the root of the mean square; at least 0, 1e-8 by default. May be scheduled. */
  readonly epsilon?: Hyperparameter;
  /** The momentum, in [0, 1); 0 by default. May be scheduled. */
  readonly momentum?: Hyperparameter;
  /** Whether to divide by the standard deviation of the gradient instead of its root mean square. */
  readonly centered?: boolean;
}

const own = {
  decay: schedulable(belowOne),
  epsilon: schedulable(atLeastZero),
  momentum: schedulable(belowOne),
};

const schema = v.strictObject({
  learningRate: v.optional(atLeastZero, 0.01),
  decay: v.optional(own.decay, 0.99),
  epsilon: v.optional(own.epsilon, 1e-8),
  momentum: v.optional(own.momentum, 0),
  centered: v.optional(v.boolean(), false),
  ...commonEntries(own),
});

/**
 * Creates the optimizer RMSprop, as in PyTorch. See {@link rmspropUpdate} for the formula.
 *
 * The slots of each parameter are `meanSquare`, `meanGradient` if centered, and `momentum` if it is used.
 *
 * @param options - learning rate 0.01 by default
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * rmsprop({ learningRate: 0.001, decay: 0.9, momentum: 0.9 });
 * ```
 * @see Tieleman and Hinton, lecture 6.5, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const parsed = parseOptions('rmsprop', schema, options);
  const { learningRate, weightDecay = 0, groups, centered, ...hyperparameters } = parsed;
  return ruleOptimizer({
    name: 'rmsprop',
    learningRate,
    weightDecay,
    groups,
    hyperparameters,
    rule: {
      elementwise: true,
      slots: {
        meanSquare: 'parameter',
        ...(centered && { meanGradient: 'parameter' }),
        ...(mayMatter('momentum', hyperparameters.momentum, groups) && { momentum: 'parameter' }),
      },
      update: (parameter, gradient, slots, update) =>
        rmspropUpdate(parameter, gradient, slots, { ...update, centered }),
    },
  });
}
