import { CantripError, schemaOf } from '@cantrip/errors';
import type { HostContext, Logs, Plugin, State } from '@cantrip/trainer';
import * as v from 'valibot';
import type { Length } from '../core/length.ts';
import { periodCheck, periodOf } from '../core/period.ts';
import { wholeStep } from '../core/place.ts';

/** Which figure is looked at, and when. */
export interface WatchOptions {
  /** A figure of the epoch's logs; `validation_loss` by default, or `loss` with `every`. */
  readonly monitor?: string | undefined;
  /**
   * Looks at the mean training loss of every so many steps, instead of at the logs after each epoch. Each step counts as
   * what its loss was divided by, so that the mean is that of all labels.
   */
  readonly every?: Length | undefined;
}

/** The options {@link WatchOptions}. */
export const watchEntries: {
  readonly monitor: v.OptionalSchema<v.GenericSchema<string>, undefined>;
  readonly every: v.OptionalSchema<v.GenericSchema<Length>, undefined>;
} = {
  monitor: v.optional(v.pipe(v.string(), v.nonEmpty())),
  every: v.optional(schemaOf(periodCheck)),
};

/** The losses since the last look; only with `every`. */
export interface Watched extends State {
  /** Their sum, each times its weight. */
  sum: number;
  /** What they were divided by, in all. */
  weight: number;
  /** How many they are. */
  count: number;
}

export const nothingWatched: Watched = { sum: 0, weight: 0, count: 0 };

type Look<S extends Watched> = (value: number, context: HostContext<S>, monitor: string) => void;

/**
 * The hooks that look at a figure after each epoch, or at the training loss every so many steps.
 *
 * @throws CantripError OPTION_INVALID, also while training, when the logs lack the figure
 */
export function watchFigure<S extends Watched>(
  who: string,
  { monitor, every }: WatchOptions,
  look: Look<S>,
): Pick<Plugin<S>, 'onStepEnd' | 'onEpochEnd'> {
  if (every === undefined) {
    const name = monitor ?? 'validation_loss';
    return { onEpochEnd: (context) => look(figure(who, context.logs, name), context, name) };
  }
  if (monitor !== undefined && monitor !== 'loss') throw onlyLoss(who, monitor);
  return {
    async onStepEnd(context) {
      const { state } = context;
      const [loss, weight] = await Promise.all([context.loss(), context.weight()]);
      state.sum += loss * weight;
      state.weight += weight;
      state.count += 1;
      if (state.count < wholeStep(periodOf(who, every, context))) return;
      const { sum, weight: counted } = state;
      Object.assign(state, nothingWatched);
      // Steps in which nothing counts have no mean, and 0 would be the best loss of all.
      if (counted > 0) look(sum / counted, context, 'loss');
    },
  };
}

function figure(who: string, logs: Logs, monitor: string): number {
  const value = logs[monitor];
  if (value !== undefined) return value;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `monitor must be a figure of the logs, got '${monitor}'`,
    fix: `They hold ${Object.keys(logs).join(', ')}; those of validation come with fit(…, { validation })`,
  });
}

function onlyLoss(who: string, monitor: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `every looks at the training loss, got monitor '${monitor}'`,
    fix: 'Leave out one of the two',
  });
}
