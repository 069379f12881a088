import { CantripError, parseOptions } from '@cantrip/errors';
import { exactSteps, type Length, wholeStep, plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { isNone, lengthSchema } from './length-schema.ts';
import { findLayers, freezeLayers } from './freeze-batch-norm.ts';
import { type FreezeBatchNormOptions, freezeEntries } from '../layers/freeze-options.ts';
import { requireLayersModel } from '../layers/require-layers-model.ts';
import { createToggle, type Toggle } from './toggle.ts';

export interface BatchNormFreezingOptions extends FreezeBatchNormOptions {
  /** When freezing begins, from the start of the run; at the first step by default. */
  readonly at?: Length | undefined;
  /** When freezing ends, from the start of the run; never by default. */
  readonly until?: Length | undefined;
}

/** The plugin's state. */
export interface FreezingState extends Record<string, unknown> {
  /** Whether the layers were frozen in the last step. */
  frozen: boolean;
}

/** The values of one run. */
export interface FreezingLocals {
  readonly freezing: Toggle;
}

const schema = v.strictObject({
  ...freezeEntries,
  at: v.optional(lengthSchema, 0),
  until: v.optional(lengthSchema),
});

const who = 'batchNormFreezing';

/**
 * Plugin: freezes batch normalisations for a whole run or a part of it, e.g. to fine-tune with small batches.
 *
 * The options are those of {@link freezeBatchNorm}, plus `at` and `until`. The step decides what is frozen, so
 * a restored run continues correctly. Optimizer slots stay with their parameters. The model must not be a function.
 *
 * @throws CantripError OPTION_INVALID at once; when the run begins MODEL_INVALID, or OPTION_INVALID if no layer
 *   matches or `until` is not after `at`
 * @example
 * ```ts
 * createTrainer({ …, plugins: [batchNormFreezing({ affine: 'train' })] });
 * batchNormFreezing({ at: '3ep' }); // trains for three epochs, then freezes
 * batchNormFreezing({ layers: { upTo: 'block_4' }, until: '50%' });
 * ```
 */
export function batchNormFreezing(
  options: BatchNormFreezingOptions = {},
): Plugin<FreezingState, void, FreezingLocals> {
  const { at, until, layers, ...modes } = parseOptions(who, schema, options);
  return {
    name: 'freeze-bn',
    settings: plainSettings({ at, until, layers, ...modes }),
    state: () => ({ frozen: isNone(at) }),
    setup(run, state) {
      const model = requireLayersModel(who, run);
      const chosen = findLayers(who, model, layers);
      const freezing = createToggle(run, () => freezeLayers(model, chosen, modes));
      freezing.turn(state.frozen);
      return { locals: { freezing }, undo: () => freezing.turn(false) };
    },
    onTrainBegin(context) {
      if (until !== undefined && exactSteps(who, until, context) <= exactSteps(who, at, context))
        throw endsTooSoon(at, until);
      // A run that was restored after the last step of an epoch is evaluated before its next step.
      asBefore(context);
    },
    onStepBegin(context) {
      const { state, step } = context;
      const ended = until !== undefined && step >= wholeStep(exactSteps(who, until, context));
      state.frozen = step >= wholeStep(exactSteps(who, at, context)) && !ended;
      asBefore(context);
    },
    onEvaluateBegin: asBefore,
  };
}

/** Freezes what was frozen in the last step. */
function asBefore({
  state,
  locals,
}: {
  readonly state: FreezingState;
  readonly locals: FreezingLocals;
}): void {
  locals.freezing.turn(state.frozen);
}

function endsTooSoon(at: Length, until: Length | undefined): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `until must be after at (${at}), got ${String(until)}`,
    fix: 'Set a later until, or remove it',
  });
}
