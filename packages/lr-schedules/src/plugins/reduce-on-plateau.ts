import { CantripError, parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { HostContext, Plugin, StepEnd } from '@cantrip/trainer';
import * as v from 'valibot';
import { countSchema, rateSchema } from '../core/option-schemas.ts';
import { noPlateau, type Plateau, plateauAfter, type PlateauRule } from './plateau.ts';
import { isSwept } from '../core/learning-rate-sweep.ts';
import {
  nothingWatched,
  watchEntries,
  watchFigure,
  type Watched,
  type WatchOptions,
} from './watch-figure.ts';

export interface ReduceOnPlateauOptions extends Partial<PlateauRule>, WatchOptions {
  /** The factor of each reduction, in (0, 1); 0.1 by default. */
  readonly factor?: number;
  /**
   * The smallest learning rate; at least 0, 0 by default.
   *
   * To also reduce the scheduled learning rates of parameter groups, give a minimum for each by name. For example `{
   * learningRate: 1e-4, head: 1e-5 }`, with a group that has `learningRate: scheduled('head')`.
   */
  readonly minimum?: number | Readonly<Record<string, number>>;
  /** Skips a reduction that is not larger than this; at least 0, 1e-8 by default. */
  readonly smallestChange?: number;
}

const reduceOnPlateauOptions = v.strictObject({
  ...watchEntries,
  mode: v.optional(v.picklist(['min', 'max']), 'min'),
  factor: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.1),
  patience: v.optional(countSchema, 10),
  threshold: v.optional(rateSchema, 1e-4),
  thresholdMode: v.optional(v.picklist(['relative', 'absolute']), 'relative'),
  cooldown: v.optional(countSchema, 0),
  minimum: v.optional(
    v.union(
      [rateSchema, v.record(v.string(), rateSchema)],
      'must be a number of at least 0, or an object such as { learningRate: 1e-4, head: 1e-5 }',
    ),
    0,
  ),
  smallestChange: v.optional(rateSchema, 1e-8),
});

/** The plugin's state. */
export interface ReduceOnPlateauState extends Watched {
  plateau: Plateau;
  /** The factor of the learning rate and of each rate that `minimum` names; 1 if absent. */
  scales: Record<string, number>;
  /** These rates at the last step. */
  current: Record<string, number>;
}

/** The result of `run.use(plugin)`. */
export interface ReduceOnPlateauApi {
  /** The factor of the learning rate, or of the rate with that name; 1 before the first reduction. */
  scale(name?: string): number;
  /** The best figure so far; undefined before the first one. */
  best(): number | undefined;
}

/**
 * Plugin: multiplies the learning rate by `factor` when a figure has not improved for more than `patience` epochs.
 *
 * It changes the rate of the optimizer, or of a schedule that is earlier in the list, so a warm-up still works. Its
 * state is saved with the run. The defaults are PyTorch's. Keras reduces at the `patience`-th epoch without
 * improvement; PyTorch and this plugin reduce one epoch later.
 *
 * @throws CantripError OPTION_INVALID; while training, if the logs do not hold `monitor`
 * @example
 * ```ts
 * createTrainer({ …, plugins: [reduceOnPlateau({ monitor: 'validation_accuracy', mode: 'max', patience: 3 })] });
 * ```
 */
export function reduceOnPlateau(
  options: ReduceOnPlateauOptions = {},
): Plugin<ReduceOnPlateauState, ReduceOnPlateauApi> {
  const parsed = parseOptions('reduceOnPlateau', reduceOnPlateauOptions, options);
  const { factor, minimum, smallestChange, mode, threshold, thresholdMode, patience, cooldown } = parsed;
  const rule = { mode, threshold, thresholdMode, patience, cooldown };
  const { learningRate: least = 0, ...groups } =
    typeof minimum === 'number' ? { learningRate: minimum } : minimum;
  const named = Object.keys(groups);

  /** Never raises the given rate, which may be below the minimum in a warm-up. */
  function reduced(name: string, rate: number, { scales }: ReduceOnPlateauState): number {
    return Math.min(rate, Math.max(rate * (scales[name] ?? 1), groups[name] ?? least));
  }

  function remember({ answered, state, run }: HostContext<ReduceOnPlateauState> & StepEnd): void {
    if (!isSwept(run)) state.current['learningRate'] = answered.learningRate;
    for (const name of named) state.current[name] = answered.scalars[name]!;
  }

  function look(value: number, { state, run }: HostContext<ReduceOnPlateauState>, monitor: string): void {
    const { plateau, reduce } = plateauAfter(state.plateau, value, rule);
    state.plateau = plateau;
    if (!reduce) return;
    for (const [name, current] of Object.entries(state.current)) {
      const next = Math.max(current * factor, groups[name] ?? least);
      if (current - next <= smallestChange) continue;
      state.scales[name] = (state.scales[name] ?? 1) * factor;
      run.log(
        `[lr-schedules/plateau] ${monitor} is ${value}, the best was ${plateau.best}: reduces ` +
          `${name === 'learningRate' ? 'the learning rate' : name} from ${current} to ${next}`,
      );
    }
  }

  return {
    name: 'lr-schedules/plateau',
    settings: plainSettings({ ...parsed }),
    after: ['lr-schedules', ...(named.length > 0 ? ['lr-schedules/hyperparameters'] : [])],
    state: () => ({ plateau: noPlateau, scales: {}, current: {}, ...nothingWatched }),
    // A learning rate sweep sets its own rates.
    scheduleLearningRate: (rate, { state, run }) =>
      isSwept(run) ? rate : reduced('learningRate', rate, state),
    ...(named.length > 0 && {
      scheduleScalars: (scalars, { state }) => ({
        ...scalars,
        ...Object.fromEntries(named.map((name) => [name, reduced(name, rateOf(scalars, name), state)])),
      }),
    }),
    ...watchFigure('reduceOnPlateau', parsed, { remember, look }),
    api: (_, state) => ({
      scale: (name = 'learningRate') => state.scales[name] ?? 1,
      best: () => state.plateau.best,
    }),
  };
}

function rateOf(scalars: Readonly<Record<string, number>>, name: string): number {
  const rate = scalars[name];
  if (rate !== undefined) return rate;
  throw new CantripError('OPTION_INVALID', {
    who: 'reduceOnPlateau',
    what: `minimum has the rate ${name}, but no earlier plugin sets the scalar ${name}`,
    fix: `List hyperparameterSchedule({ ${name}: … }) before reduceOnPlateau, and set learningRate: scheduled('${name}') in a parameter group`,
  });
}
