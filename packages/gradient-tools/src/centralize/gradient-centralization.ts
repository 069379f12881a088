import { parseOptions } from '@cantrip/errors';
import type { NamePattern } from '@cantrip/plugin-kit';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { exceptSchema, type UnitsLocals, unitsOfRun } from '../units/units-of-run.ts';
import { centralized, onlySchema } from './centralize-gradients.ts';

export interface GradientCentralizationOptions {
  /** `all` (the default): every weight with units. `convolutions`: only weights of at least 3 axes. */
  readonly only?: 'all' | 'convolutions' | undefined;
  /** Names of variables whose gradients stay as they are, as patterns: `/kernel$/`, `head/**`. */
  readonly except?: readonly NamePattern[] | undefined;
}

const schema = v.strictObject({ only: onlySchema, except: exceptSchema });
const who = 'gradientCentralization';

/**
 * Plugin: the gradient of each unit's weights has mean 0, so training is smoother and generalizes better.
 *
 * Weight decay is added afterwards. See {@link centralizeGradients} for the formula.
 *
 * @throws CantripError OPTION_INVALID, also when the run begins, if a pattern matches no variable
 * @example
 * ```ts
 * createTrainer({ …, plugins: [gradientCentralization()] });
 * ```
 */
export function gradientCentralization(
  options: GradientCentralizationOptions = {},
): Plugin<Record<string, unknown>, void, UnitsLocals> {
  const { only, except } = parseOptions(who, schema, options);
  return {
    name: 'gradient-tools/centralization',
    settings: plainSettings({ only, except }),
    setup: (run) => ({ locals: unitsOfRun(who, run, except) }),
    transformGradients(gradients, { locals }) {
      const chosen = Object.entries(gradients).filter(([name]) => !locals.except.has(name));
      const { unitAxes } = locals;
      return { ...gradients, ...centralized(Object.fromEntries(chosen), { only, unitAxes }) };
    },
  };
}
