import { parseOptions, schemaOf } from '@cantrip/errors';
import { exactSteps, type Length, lengthCheck, wholeStep, plainSettings } from '@cantrip/plugin-kit';
import type { HostContext, Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { averaging, type AveragingApi, type AveragingLocals, type AveragingState } from './averaging.ts';
import { averagingEntries, type AveragingOptions } from './averaging-options.ts';

export interface StochasticWeightAveragingOptions extends AveragingOptions {
  /** The learning rate from `start` on; at least 0. By default the rate of the run stays. */
  readonly learningRate?: number | undefined;
  /** How long the rate of the run takes to become `learningRate`; `'10%'` by default, 0 for at once. */
  readonly anneal?: Length | undefined;
  /** The form of this change; `cosine` by default. */
  readonly annealing?: 'cosine' | 'linear' | undefined;
}

const schema = v.strictObject({
  ...averagingEntries({ start: '75%', every: '1ep', statistics: 'copy' }),
  learningRate: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  anneal: v.optional(schemaOf<Length>(lengthCheck), '10%'),
  annealing: v.optional(v.picklist(['cosine', 'linear']), 'cosine'),
});

const who = 'stochasticWeightAveraging';

/**
 * Plugin: keeps the plain mean of the weights at the ends of the last epochs, and evaluates with it.
 *
 * The first weights are those after the first period `every` that ends at `start` or later. Then
 * `average = average + (weights - average) / (n + 1)`, with `n` weights in the average. With `learningRate`, the rate
 * of the run changes from its value to that one: `rate * (1 - a) + learningRate * a`, where `a` goes from 0 to 1.
 *
 * Batch normalisation needs statistics of the averaged network. When training has ended, call `assign()`, and then
 * `reestimateBatchNorm` of `@cantrip/freeze-bn`.
 *
 * @throws CantripError OPTION_INVALID; SCHEDULE_UNBOUND in a run of unknown length
 * @example
 * ```ts
 * createTrainer({ …, plugins: [stochasticWeightAveraging({ start: '75%', learningRate: 0.02 })] });
 * ```
 * @see Izmailov et al., Averaging weights leads to wider optima and better generalization,
 *   https://arxiv.org/abs/1803.05407
 */
export function stochasticWeightAveraging(
  options: StochasticWeightAveragingOptions = {},
): Plugin<AveragingState, AveragingApi, AveragingLocals> {
  const { learningRate, anneal, annealing, ...rest } = parseOptions(who, schema, options);
  return {
    ...averaging({
      name: 'weight-averaging/swa',
      who,
      options: rest,
      beginsWhenDue: true,
      variables: () => ({ count: tf.tidy(() => tf.variable(tf.scalar(0), false)) }),
      // The number of weights is a tensor, so that it is always that of the averages, whenever they are saved.
      share(action, { count }) {
        const next = action === 'copy' ? tf.scalar(1) : tf.add(count!, 1);
        count!.assign(next as tf.Scalar);
        return action === 'copy' ? 1 : (tf.div(1, next) as tf.Scalar);
      },
    }),
    settings: plainSettings({ learningRate, anneal, annealing, ...rest }),
    ...(learningRate !== undefined && {
      scheduleLearningRate(rate, context) {
        const share = shareOf(context, { start: rest.start, anneal, annealing });
        return share === 0 ? rate : learningRate * share + rate * (1 - share);
      },
    }),
  };
}

interface Annealing {
  readonly start: Length;
  readonly anneal: Length;
  readonly annealing: 'cosine' | 'linear';
}

/** The share of the new rate at this step, from 0 to 1. */
function shareOf(context: HostContext, { start, anneal, annealing }: Annealing): number {
  const since = context.step - wholeStep(exactSteps(who, start, context));
  if (since < 0) return 0;
  const steps = exactSteps(who, anneal, context);
  const done = steps === 0 ? 1 : Math.min(1, since / steps);
  return annealing === 'linear' ? done : (1 - Math.cos(Math.PI * done)) / 2;
}
