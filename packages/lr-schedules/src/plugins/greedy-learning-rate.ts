import { parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { type Greedy, greedyAfter, type GreedyRule, noGreed } from './greedy.ts';
import { countSchema, rateSchema, wholeSchema } from '../core/option-schemas.ts';
import { isSwept } from '../core/learning-rate-sweep.ts';
import {
  nothingWatched,
  watchEntries,
  watchFigure,
  type Watched,
  type WatchOptions,
} from './watch-figure.ts';

export interface GreedyLearningRateOptions extends Partial<GreedyRule>, WatchOptions {
  /** Multiplies the learning rate to lower it, and divides it to raise it; in (0, 1), 0.95 by default. */
  readonly factor?: number;
  /** The smallest learning rate; at least 0, 1e-3 by default. */
  readonly minimum?: number;
  /** The largest learning rate; at least 0, 1 by default. */
  readonly maximum?: number;
  /** Skips a change that is not larger than this; at least 0, 1e-8 by default. */
  readonly smallestChange?: number;
  /** Compares the mean of this many last values; by default each single value. */
  readonly window?: number | undefined;
  /** Starts again, with the original rate, after this many reductions at the minimum; 500 by default. */
  readonly resetAfter?: number;
}

const optionsSchema = v.strictObject({
  ...watchEntries,
  mode: v.optional(v.picklist(['min', 'max']), 'min'),
  factor: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.95),
  patience: v.optional(countSchema, 10),
  threshold: v.optional(rateSchema, 1e-6),
  thresholdMode: v.optional(v.picklist(['relative', 'absolute']), 'absolute'),
  cooldown: v.optional(countSchema, 0),
  warmup: v.optional(countSchema, 0),
  minimum: v.optional(rateSchema, 1e-3),
  maximum: v.optional(rateSchema, 1),
  smallestChange: v.optional(rateSchema, 1e-8),
  window: v.optional(wholeSchema),
  resetAfter: v.optional(wholeSchema, 500),
});

/** The plugin's state. */
export interface GreedyState extends Watched {
  greedy: Greedy;
  /** The factor of the learning rate. */
  scale: number;
  /** The learning rate of the last step, before and after this plugin. */
  given: number;
  current: number;
  /** The last values, with `window`. */
  values: readonly number[];
  /** Reductions in a row at the minimum. */
  lowest: number;
}

/** The result of `run.use(plugin)`. */
export interface GreedyApi {
  /** The factor of the learning rate; 1 before the first change. */
  scale(): number;
  /** The best figure so far; undefined before the first one. */
  best(): number | undefined;
}

const atFirst = { greedy: noGreed, scale: 1, values: [], lowest: 0 } as const;

/**
 * Plugin: raises the learning rate while a figure improves and lowers it while it does not.
 *
 * After more than `patience` values in a row that improve, it divides the rate by `factor`. After more than
 * `patience` values that do not improve, it multiplies the rate by `factor`. It changes the rate of the optimizer,
 * or of a schedule that is earlier in the list. Its state is saved with the run.
 *
 * @throws CantripError OPTION_INVALID; while training, if the logs do not hold `monitor`
 * @example
 * ```ts
 * createTrainer({ …, plugins: [greedyLearningRate({ every: 20, window: 5, patience: 3, minimum: 1e-4 })] });
 * ```
 * @see GreedyLR: A Novel Adaptive Learning Rate Scheduler, https://arxiv.org/abs/2512.14527
 */
export function greedyLearningRate(options: GreedyLearningRateOptions = {}): Plugin<GreedyState, GreedyApi> {
  const parsed = parseOptions('greedyLearningRate', optionsSchema, options);
  const { factor, minimum, maximum, smallestChange, window, resetAfter } = parsed;
  const { mode, threshold, thresholdMode, patience, cooldown, warmup } = parsed;
  const rule = { mode, threshold, thresholdMode, patience, cooldown, warmup };

  /** Never lowers a given rate that is above the maximum, nor raises one below the minimum, as in a warm-up. */
  function scaled(rate: number, { scale }: GreedyState): number {
    if (scale < 1) return Math.min(rate, Math.max(rate * scale, minimum));
    return Math.max(rate, Math.min(rate * scale, maximum));
  }

  function look(value: number, state: GreedyState): void {
    state.values = window === undefined ? [] : [...state.values, value].slice(-window);
    const { greedy, move } = greedyAfter(
      state.greedy,
      window === undefined ? value : mean(state.values),
      rule,
    );
    state.greedy = greedy;
    if (move === 'up') {
      const next = Math.min(state.current / factor, maximum);
      if (next - state.current > smallestChange) become(next, state);
      state.lowest = 0;
    } else if (move === 'down') {
      const next = Math.max(state.current * factor, minimum);
      if (state.current - next > smallestChange) become(next, state);
      state.lowest += state.current > minimum ? 0 : 1;
      // The values to ignore after this reduction are kept.
      const anew = { ...atFirst, greedy: { ...noGreed, resting: greedy.resting }, current: state.given };
      if (state.lowest >= resetAfter) Object.assign(state, anew);
    }
  }

  return {
    name: 'lr-schedules/greedy',
    settings: plainSettings({ ...parsed }),
    after: ['lr-schedules'],
    state: () => ({ ...atFirst, ...nothingWatched, given: 0, current: 0 }),
    // A learning rate sweep sets its own rates.
    scheduleLearningRate: (rate, { state, run }) => (isSwept(run) ? rate : scaled(rate, state)),
    ...watchFigure<GreedyState>('greedyLearningRate', parsed, {
      remember({ given, answered, state, run }) {
        if (isSwept(run)) return;
        state.given = given.learningRate;
        state.current = answered.learningRate;
      },
      look(value, { state, run }, monitor) {
        const before = state.current;
        look(value, state);
        if (state.current !== before)
          run.log(
            `[lr-schedules/greedy] ${monitor} is ${value}: changes the learning rate from ${before} to ${state.current}`,
          );
      },
    }),
    api: (_, state) => ({ scale: () => state.scale, best: () => state.greedy.best }),
  };
}

/** Each value counts the same, as in GreedyLR. A value that is itself a mean was already weighted. */
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function become(rate: number, state: GreedyState): void {
  state.current = rate;
  state.scale = rate / state.given;
}
