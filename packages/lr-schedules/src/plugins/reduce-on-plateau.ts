import { CantripError, parseOptions } from '@cantrip/errors';
import type { HostContext, Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { countSchema, rateSchema } from '../core/option-schemas.ts';
import { noPlateau, type Plateau, plateauAfter, type PlateauRule } from './plateau.ts';
import { sweepOf } from '../core/learning-rate-sweep.ts';
import {
  nothingWatched,
  watchEntries,
  watchFigure,
  type Watched,
  type WatchOptions,
} from './watch-figure.ts';

export interface ReduceOnPlateauOptions extends Partial<PlateauRule>, WatchOptions {
  /** What the learning rate is multiplied by, in (0, 1); 0.1 by default. */
  readonly factor?: number;
  /**
   * The learning rate is not reduced below this; at least 0, 0 by default.
   *
   * Or by name, where rates of parameter groups are scheduled, and then those are reduced as well, each by itself:
   * `{ learningRate: 1e-4, head: 1e-5 }` beside a group with `learningRate: scheduled('head')`.
   */
  readonly minimum?: number | Readonly<Record<string, number>>;
  /** A reduction by no more than this is left out; at least 0, 1e-8 by default. */
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
      'must be at least 0, or that for each rate by name',
    ),
    0,
  ),
  smallestChange: v.optional(rateSchema, 1e-8),
});

/** The plugin's state. */
export interface ReduceOnPlateauState extends Watched {
  plateau: Plateau;
  /** What the learning rate and each rate that `minimum` names is multiplied by; 1 where there is none. */
  scales: Record<string, number>;
  /** These rates at the last step. */
  current: Record<string, number>;
}

/** What `run.use(plugin)` gives. */
export interface ReduceOnPlateauApi {
  /** What the learning rate, or the rate of that name, is multiplied by; 1 before the first reduction. */
  scale(name?: string): number;
  /** The best figure so far; undefined before the first. */
  best(): number | undefined;
}

/**
 * Plugin: multiplies the learning rate by `factor` when a figure has not improved for more than `patience` epochs.
 *
 * It takes the rate of the optimizer or of a schedule before it, so a warm-up still works. All it knows is saved with
 * the run. The defaults are PyTorch's. Keras reduces at the `patience`-th epoch, PyTorch and this after it.
 *
 * @throws CantripError OPTION_INVALID, while training too, when the logs lack `monitor`
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

  /** Not above what it was given, which may itself be below the minimum in a warm-up. */
  function reduced(name: string, rate: number, { scales, current }: ReduceOnPlateauState): number {
    return (current[name] = Math.min(rate, Math.max(rate * (scales[name] ?? 1), groups[name] ?? least)));
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
        `[lr-schedules/plateau] ${monitor} is ${value} and was ${plateau.best} at best: ` +
          `${name === 'learningRate' ? 'the learning rate' : name} goes from ${current} to ${next}`,
      );
    }
  }

  return {
    name: 'lr-schedules/plateau',
    after: ['lr-schedules', ...(named.length > 0 ? ['lr-schedules/hyperparameters'] : [])],
    state: () => ({ plateau: noPlateau, scales: {}, current: {}, ...nothingWatched }),
    // A sweep has rates of its own.
    scheduleLearningRate: (rate, { state, run }) =>
      sweepOf(run) ? rate : reduced('learningRate', rate, state),
    ...(named.length > 0 && {
      scheduleScalars: (scalars, { state }) => ({
        ...scalars,
        ...Object.fromEntries(named.map((name) => [name, reduced(name, rateOf(scalars, name), state)])),
      }),
    }),
    ...watchFigure('reduceOnPlateau', parsed, look),
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
    what: `minimum names the rate ${name}, but no plugin before it gives that scalar`,
    fix: `Put hyperparameterSchedule({ ${name}: … }) before it, and give a group learningRate: scheduled('${name}')`,
  });
}
