import { CantripError, parseOptions } from '@cantrip/errors';
import { exactSteps, type Length, plainSettings } from '@cantrip/plugin-kit';
import type { HostContext, Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { decayEntries, decayOf, type EmaDecayOptions } from '../averaging/ema-decay.ts';
import { averaging, type AveragingApi, type AveragingLocals, type AveragingState } from './averaging.ts';
import { averagingEntries, type AveragingOptions, someLengthSchema } from './averaging-options.ts';

export interface WeightAveragingOptions extends EmaDecayOptions, AveragingOptions {
  /**
   * The length after which the weights of a step count half: the decay becomes `2^(-every / halfLife)`. Set this or
   * `decay`.
   */
  readonly halfLife?: Length | undefined;
}

const schema = v.strictObject({
  ...decayEntries,
  halfLife: v.optional(someLengthSchema),
  ...averagingEntries({ start: 0, every: 1, statistics: 'average' }),
});

const who = 'weightAveraging';
const shareName = 'weight-averaging/share';

/**
 * Plugin: keeps an exponential moving average of the weights, and evaluates with it.
 *
 * After an update, `average = decay * average + (1 - decay) * weights`. The average begins as a copy of the weights
 * after `start` updates, or after the first one. It is part of the step and of snapshots. Training itself does not
 * change.
 *
 * @throws CantripError OPTION_INVALID; SCHEDULE_UNBOUND for a length such as `'1ep'` in a run of unknown length
 * @example
 * ```ts
 * createTrainer({ …, plugins: [weightAveraging({ decay: 0.999 })] });
 * ```
 * @see Tarvainen and Valpola, Mean teachers are better role models, https://arxiv.org/abs/1703.01780
 */
export function weightAveraging(
  options: WeightAveragingOptions = {},
): Plugin<AveragingState, AveragingApi, AveragingLocals> {
  const { decay, halfLife, warmup, ...rest } = parseOptions(who, schema, options);
  if (decay !== undefined && halfLife !== undefined) throw bothSet();

  function standardDecay(context: HostContext): number {
    if (halfLife === undefined) return decay ?? 0.9999;
    return 2 ** (-exactSteps(who, rest.every, context) / exactSteps(who, halfLife, context));
  }

  return {
    ...averaging({
      name: 'weight-averaging',
      who,
      options: rest,
      beginsWhenDue: false,
      variables: () => ({}),
      share: (action, _, scalars) => (action === 'copy' ? 1 : scalars![shareName]!),
    }),
    settings: plainSettings({ decay, halfLife, warmup, ...rest }),
    scheduleScalars(scalars, context) {
      const { begun = context.step + 1 } = context.state;
      const age = Math.max(0, context.step + 1 - begun);
      return { ...scalars, [shareName]: 1 - decayOf(age, standardDecay(context), warmup) };
    },
  };
}

function bothSet(): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: 'needs either decay or halfLife, got both',
    fix: 'Set one of them',
  });
}
