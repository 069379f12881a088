import { parseOptions } from '@cantrip/errors';
import type { NamePattern } from '@cantrip/plugin-kit';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { onWholeStep } from '../step/on-whole-step.ts';
import { exceptSchema, type UnitsLocals, unitsOfRun } from '../units/units-of-run.ts';
import { clipped, clippingEntries, type ClipAdaptivelyOptions } from './clip-adaptively.ts';

export interface AdaptiveGradientClippingOptions extends Pick<ClipAdaptivelyOptions, 'clipping' | 'epsilon'> {
  /** Names of variables whose gradients are not clipped, as patterns: `head/**`. The paper leaves out the last layer. */
  readonly except?: readonly NamePattern[] | undefined;
}

const schema = v.strictObject({ ...clippingEntries, except: exceptSchema });
const who = 'adaptiveGradientClipping';

/**
 * Plugin: clips the gradient of each unit by the size of its weights, so training is stable at high learning rates and
 * without batch normalisation.
 *
 * It clips what the update receives, after `transformGradients` of every plugin. With gradient accumulation this is the
 * mean of the batches, once a step. Weight decay comes after it. See {@link clipAdaptively} for the formula.
 *
 * @throws CantripError OPTION_INVALID, also when the run begins, if a pattern matches no variable
 * @example
 * ```ts
 * createTrainer({ …, plugins: [adaptiveGradientClipping({ clipping: 0.02, except: ['head/**'] })] });
 * ```
 */
export function adaptiveGradientClipping(
  options: AdaptiveGradientClippingOptions = {},
): Plugin<Record<string, unknown>, void, UnitsLocals> {
  const { clipping, epsilon, except } = parseOptions(who, schema, options);
  return {
    name: 'gradient-tools/adaptive-clipping',
    settings: plainSettings({ clipping, epsilon, except }),
    setup: (run) => ({ locals: unitsOfRun(who, run, except) }),
    transformOptimizer: (optimizer, { locals }) =>
      onWholeStep(optimizer, ({ gradients, variables }) => {
        const chosen = Object.entries(gradients).filter(([name]) => !locals.except.has(name));
        const { unitAxes } = locals;
        return {
          ...gradients,
          ...clipped(variables, Object.fromEntries(chosen), { clipping, epsilon, unitAxes }),
        };
      }),
  };
}
