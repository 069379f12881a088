import { CantripError, schemaOf } from '@cantrip/errors';
import type { HostContext, Plugin, State, StepEnd, Validated } from '@cantrip/trainer';
import * as v from 'valibot';
import { type Length, periodCheck, watchedFigure, wholeStep } from '@cantrip/plugin-kit';
import { periodOf } from '../core/period.ts';

/** Which figure to check, and when. */
export interface WatchOptions {
  /** The name of a figure of an epoch; `validation_loss` by default, or `loss` with `every`. */
  readonly monitor?: string | undefined;
  /**
   * Checks the mean training loss after each `every` steps, instead of the figures after each epoch or validation. Each loss is
   * weighted by the number that it was divided by, so this is the mean over all labels.
   */
  readonly every?: Length | undefined;
}

/** The schema entries of {@link WatchOptions}. */
export const watchEntries: {
  readonly monitor: v.OptionalSchema<v.GenericSchema<string>, undefined>;
  readonly every: v.OptionalSchema<v.GenericSchema<Length>, undefined>;
} = {
  monitor: v.optional(v.pipe(v.string(), v.nonEmpty())),
  every: v.optional(schemaOf(periodCheck)),
};

/** The losses since the last check; used only with `every`. */
export interface Watched extends State {
  /** The sum of each loss times its weight. */
  sum: number;
  /** The sum of the weights. */
  weight: number;
  /** The number of losses. */
  count: number;
}

export const nothingWatched: Watched = { sum: 0, weight: 0, count: 0 };

/** What a plugin remembers of the rates of a step; called after each step, before the figure is looked at. */
type Remember<S extends Watched> = (context: HostContext<S> & StepEnd) => void;

type Look<S extends Watched> = (value: number, context: HostContext<S>, monitor: string) => void;

/**
 * The hooks that check a figure after each epoch and each validation within one, or the training loss after each `every` steps.
 *
 * @throws CantripError OPTION_INVALID; while training, if the logs do not hold the figure
 */
export function watchFigure<S extends Watched>(
  who: string,
  { monitor, every }: WatchOptions,
  { remember, look }: { readonly remember: Remember<S>; readonly look: Look<S> },
): Pick<Plugin<S>, 'onStepEnd' | 'onValidated' | 'onEpochEnd'> {
  if (every === undefined) {
    const name = monitor ?? 'validation_loss';
    const measured = (context: HostContext<S> & Validated): void => {
      const figure = watchedFigure(who, 'monitor', name, context);
      if (figure !== undefined) look(figure, context, name);
    };
    return { onStepEnd: remember, onValidated: measured, onEpochEnd: measured };
  }
  if (monitor !== undefined && monitor !== 'loss') throw onlyLoss(who, monitor);
  return {
    async onStepEnd(context) {
      remember(context);
      const { state } = context;
      const [loss, weight] = await Promise.all([context.loss(), context.weight()]);
      state.sum += loss * weight;
      state.weight += weight;
      state.count += 1;
      if (state.count < wholeStep(periodOf(who, every, context))) return;
      const { sum, weight: counted } = state;
      Object.assign(state, nothingWatched);
      // Without any weight there is no mean. A 0 would wrongly be the best loss.
      if (counted > 0) look(sum / counted, context, 'loss');
    },
  };
}

function onlyLoss(who: string, monitor: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `monitor must be 'loss' or absent beside every, got '${monitor}'`,
    fix: 'Remove monitor or every',
  });
}
