import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { aboveZero, atLeastZero, matchSchema } from '../core/common-options.ts';
import type { ParameterGroup } from '../core/parameter-group.ts';

export interface LayerwiseDecayOptions {
  /** One pattern for each layer, or block of layers, from the input to the output. */
  readonly layers: readonly ParameterGroup['match'][];
  /** The factor of each layer, divided by that of the layer after it; above 0, usually 0.5 to 0.9. */
  readonly decay: number;
  /** The minimum of all factors; at least 0, 0 by default. */
  readonly minimum?: number;
}

const schema = v.strictObject({
  layers: v.pipe(v.array(matchSchema), v.minLength(1, 'must not be empty')),
  decay: aboveZero,
  minimum: v.optional(atLeastZero, 0),
});

/**
 * Makes groups whose learning rate falls from the output to the input, for fine-tuning. The factor of layer i of n is
 * `max(minimum, decay ^ (n - 1 - i))`, which is 1 for the last layer.
 *
 * Each setting of a parameter comes from the first group that has it, so these groups can be combined with others.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const layers = ['stem/**', 'block1/**', 'block2/**', 'head/**'];
 * adamw({ groups: [noDecayOnBiasesAndNorms, ...layerwiseDecay({ layers, decay: 0.75 })] });
 * // learning rate factors 0.421875, 0.5625, 0.75 and 1
 * ```
 * @see Clark et al., ELECTRA, https://arxiv.org/abs/2003.10555
 * @see Bao et al., BEiT, https://arxiv.org/abs/2106.08254
 */
export function layerwiseDecay(options: LayerwiseDecayOptions): readonly ParameterGroup[] {
  const { layers, decay, minimum } = parseOptions('layerwiseDecay', schema, options);
  return layers.map((match, layer) => ({
    match,
    learningRateFactor: Math.max(minimum, decay ** (layers.length - 1 - layer)),
  }));
}
