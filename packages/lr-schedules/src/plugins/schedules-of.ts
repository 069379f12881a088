import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import type { AnyPlugin } from '@cantrip/trainer';
import type { Schedule } from '../core/schedule.ts';

/** Schedules by the name of what they set. */
type NamedSchedules = Readonly<Record<string, Schedule>>;

const known = new WeakMap<object, NamedSchedules>();

/** Remembers which schedules a plugin follows, and returns the plugin. */
export function following<P extends object>(plugin: P, schedules: NamedSchedules): P {
  known.set(plugin, schedules);
  return plugin;
}

/**
 * Returns the schedules that a plugin follows: `learningRate` of `lrSchedule`, the scalars of `hyperparameterSchedule`, and
 * nothing of any other plugin.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const plugin = lrSchedule(cosine({ value: 0.1, steps: 100 }));
 * schedulesOf(plugin)['learningRate']!(50); // 0.05
 * ```
 */
export function schedulesOf(plugin: AnyPlugin): NamedSchedules {
  if (isPlainObject(plugin)) return known.get(plugin) ?? {};
  throw new CantripError('OPTION_INVALID', {
    who: 'schedulesOf',
    what: `plugin must be a plugin, got ${describe(plugin)}`,
    fix: 'Pass what lrSchedule or hyperparameterSchedule returns',
  });
}
