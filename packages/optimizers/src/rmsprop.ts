import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero, belowOne, commonEntries, type CommonOptions } from './common-options.ts';
import { type Hyperparameter, mayMatter, schedulable, withScalars } from './hyperparameter.ts';
import type { Optimizer } from './optimizer.ts';
import { ruleOptimizer } from './rule-optimizer.ts';
import { rmspropUpdate } from './rules/rmsprop-update.ts';

export interface RmspropOptions extends CommonOptions {
  /** Decay of the mean square, in [0, 1); 0.99 by default (PyTorch's alpha). May be scheduled. */
  readonly decay?: Hyperparameter;
  /** Added to the root of the mean square; at least 0, 1e-8 by default. */
  readonly epsilon?: number;
  /** In [0, 1); 0 by default. May be scheduled. */
  readonly momentum?: Hyperparameter;
  /** Divides by the standard deviation of the gradient in place of its root mean square. */
  readonly centered?: boolean;
}

const schema = v.strictObject({
  learningRate: v.optional(atLeastZero, 0.01),
  decay: v.optional(schedulable(belowOne), 0.99),
  epsilon: v.optional(atLeastZero, 1e-8),
  momentum: v.optional(schedulable(belowOne), 0),
  centered: v.optional(v.boolean(), false),
  ...commonEntries,
});

/**
 * RMSprop as PyTorch has it; see {@link rmspropUpdate} for the formula.
 *
 * The slots of each parameter are `meanSquare`, `meanGradient` if centered, and `momentum` if there is any.
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
  const { learningRate, weightDecay = 0, groups, ...given } = parseOptions('rmsprop', schema, options);
  return ruleOptimizer({
    name: 'rmsprop',
    learningRate,
    weightDecay,
    groups,
    rule: {
      elementwise: true,
      slots: {
        meanSquare: 'parameter',
        ...(given.centered && { meanGradient: 'parameter' }),
        ...(mayMatter(given.momentum) && { momentum: 'parameter' }),
      },
      update: (parameter, gradient, slots, update) =>
        rmspropUpdate(parameter, gradient, slots, {
          ...update,
          ...withScalars('rmsprop', given, update.scalars),
        }),
    },
  });
}
