import { parseOptions, schemaOf } from '@cantrip/errors';
import {
  exactSteps,
  type Length,
  lengthCheck,
  type NamePattern,
  namePatternCheck,
  plainSettings,
} from '@cantrip/plugin-kit';
import type { HostContext, Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { type FreezableLayers, freezableLayers } from './freezable-layers.ts';
import { countAt, type FrozenShareOptions, shareSchema } from './frozen-layers.ts';

export interface LayerFreezingOptions extends Pick<FrozenShareOptions, 'level'> {
  /** When freezing begins: a number of steps, `'3ep'` or `'50%'`, which is the default. */
  readonly start?: Length | undefined;
  /** How often more layers may be frozen; `'1ep'` by default. */
  readonly every?: Length | undefined;
  /**
   * What may be frozen, from the input to the output: a pattern for the names of the variables of each layer or block,
   * such as `'block_1/**'`. By default every layer with trained variables, except the last.
   */
  readonly layers?: readonly NamePattern[] | undefined;
}

/** What the plugin knows in one run. */
export interface LayerFreezingLocals {
  readonly layers: FreezableLayers;
}

const lengthSchema: v.GenericSchema<Length> = schemaOf(lengthCheck);
const schema = v.strictObject({
  start: v.optional(lengthSchema, '50%'),
  level: v.optional(shareSchema, 1),
  every: v.optional(
    v.pipe(
      lengthSchema,
      v.check((every) => Number.parseFloat(String(every)) > 0, 'must be a length longer than 0'),
    ),
    '1ep',
  ),
  layers: v.optional(v.pipe(v.array(schemaOf(namePatternCheck)), v.minLength(1))),
});

const who = 'layerFreezing';

/**
 * Plugin: freezes the layers of a network one after another, from the input to the output, so later steps cost less.
 *
 * From `start` to the end of the run, the share of frozen layers rises linearly from 0 to `level`. A frozen variable gets
 * no gradient and no update, and its slots in the optimizer stay as they are. Statistics of batch normalisation move on.
 * The step alone decides what is frozen, so a restored run continues correctly. The model may be a function.
 *
 * @throws CantripError OPTION_INVALID at once; when the run begins MODEL_INVALID, or OPTION_INVALID for a pattern that
 *   matches no trained variable
 * @example
 * ```ts
 * createTrainer({ …, plugins: [layerFreezing({ start: '50%', level: 0.8 })] });
 * ```
 * @see Brock et al., FreezeOut, https://arxiv.org/abs/1706.04983; Raghu et al., SVCCA, https://arxiv.org/abs/1706.05806
 */
export function layerFreezing(
  options: LayerFreezingOptions = {},
): Plugin<Record<string, unknown>, void, LayerFreezingLocals> {
  const { start, level, every, layers: patterns } = parseOptions(who, schema, options);

  function frozenNames(context: HostContext<Record<string, unknown>, LayerFreezingLocals>): Set<string> {
    const { step, totalSteps, locals } = context;
    const length = exactSteps(who, every, context);
    // The parts whose end, rounded to a whole step, has come.
    const parts = Math.ceil((step + 0.5) / length) - 1;
    const elapsed = Math.min(step, parts * length) / totalSteps;
    const begin = Math.min(1, exactSteps(who, start, context) / totalSteps);
    const count = countAt(locals.layers.length, elapsed, { start: begin, level });
    return new Set(locals.layers.slice(0, count).flat());
  }

  return {
    name: 'layer-freezing',
    settings: plainSettings({ start, level, every, layers: patterns }),
    // With 0 nothing is ever frozen, whatever the model is.
    setup: (run) => ({ locals: { layers: level === 0 ? [] : freezableLayers(run, patterns) } }),
    transformVariables(variables, context) {
      const frozen = frozenNames(context);
      return Object.fromEntries(Object.entries(variables).filter(([name]) => !frozen.has(name)));
    },
  };
}
