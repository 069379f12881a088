import { parseOptions } from '@cantrip/errors';
import { copyVariables, plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { rateSchema, stepBackChecked } from './step-back.ts';

type Variables = Readonly<Record<string, tf.Variable>>;

export interface LookaheadOptions {
  /**
   * The number of steps from one step back to the next; an integer >= 1, 5 by default. A step is an update of the
   * optimizer, also with accumulation.
   */
  readonly interval?: number | undefined;
  /** The share of the way that the slow weights go, in (0, 1]; 0.5 by default. 1 changes no weight. */
  readonly rate?: number | undefined;
  /** Whether validation, `evaluate` and `predict` use the `slow` weights (the default) or the run's own `weights`. */
  readonly evaluateWith?: 'slow' | 'weights' | undefined;
}

/** What `run.use(plugin)` gives. */
export interface LookaheadApi {
  /** The slow weights by the names of the model's variables. They belong to the trainer. */
  slowWeights(): Variables;
}

/** The values of one run. */
export interface LookaheadLocals {
  /** Whether this step ends with a step back. */
  back: boolean;
  /** Whether the next step is the first one of a `fit`. */
  first: boolean;
  slow: Variables;
}

const schema = v.strictObject({
  interval: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 5),
  rate: v.optional(rateSchema, 0.5),
  evaluateWith: v.optional(v.picklist(['slow', 'weights']), 'slow'),
});

/**
 * Plugin: after every `interval` steps forward, goes back to a point between the weights and those of the last step back.
 *
 * `slow = weights = slow + rate * (weights - slow)`. The slow weights begin as the weights of the first step. They are part
 * of the step and of snapshots. The optimizer keeps its own slots, e.g. its momentum.
 *
 * A variable that the last step of an interval does not update is not moved.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [lookahead({ interval: 5, rate: 0.5 })] });
 * ```
 * @see Zhang et al., Lookahead optimizer: k steps forward, 1 step back, https://arxiv.org/abs/1907.08610
 */
export function lookahead(
  options: LookaheadOptions = {},
): Plugin<Record<string, unknown>, LookaheadApi, LookaheadLocals> {
  const { interval, rate, evaluateWith } = parseOptions('lookahead', schema, options);
  return {
    name: 'lookahead',
    settings: plainSettings({ interval, rate, evaluateWith }),
    provides: ['evaluation-weights'],
    variables: (run) => copyVariables(run.variables),
    setup: () => ({ locals: { back: false, first: false, slow: {} } }),
    transformOptimizer(optimizer, { run, locals, ownVariables }) {
      locals.slow = ownVariables;
      return {
        ...optimizer,
        apply(update) {
          optimizer.apply(update);
          if (update.phase === 'accumulate' || !locals.back) return;
          stepBackChecked(update.variables, ownVariables, rate);
          copyTo(ownVariables, run.variables, (name) => !(name in update.variables));
        },
      };
    },
    onTrainBegin: ({ locals }) => void (locals.first = true),
    onStepBegin({ run, locals, step, ownVariables }) {
      // Between two intervals, both are equal. So weights that were loaded before this step are the slow weights too. Not
      // earlier, because early stopping gives back at the begin of `fit` what it took at the end of the last one.
      if (locals.first && step % interval === 0) copyTo(ownVariables, run.variables, () => true);
      Object.assign(locals, { first: false, back: (step + 1) % interval === 0 });
    },
    structure: ({ locals }) => (locals.back ? 'back' : 'forward'),
    onEvaluateBegin({ step, ownVariables, ...context }) {
      if (evaluateWith === 'slow' && step % interval !== 0) context.evaluateWith(ownVariables);
    },
    api: (_run, _state, locals) => ({ slowWeights: () => locals.slow }),
  };
}

function copyTo(slow: Variables, weights: Variables, isCopied: (name: string) => boolean): void {
  tf.tidy(() => {
    for (const [name, one] of Object.entries(slow)) if (isCopied(name)) one.assign(tf.clone(weights[name]!));
  });
}
