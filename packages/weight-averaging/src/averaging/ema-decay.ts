import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** How the decay of an average grows at the beginning. */
export interface DecayWarmup {
  /** The number of updates in which the growth is fastest; above 0, 1 by default. */
  readonly gamma?: number | undefined;
  /** How fast it grows; above 0, 2/3 by default. With 1 and `gamma: 1`, the average is the plain mean. */
  readonly power?: number | undefined;
  /** The smallest decay, in [0, 1]; 0 by default. */
  readonly minDecay?: number | undefined;
}

export interface EmaDecayOptions {
  /** The decay after the warm-up, in [0, 1]; 0.9999 by default. */
  readonly decay?: number | undefined;
  /** Lets the decay grow from 0. `true` (the default) uses the defaults of {@link DecayWarmup}; `false` does not. */
  readonly warmup?: boolean | DecayWarmup | undefined;
}

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const aboveZero = v.pipe(v.number(), v.finite(), v.gtValue(0));
const warmupSchema = v.strictObject({
  gamma: v.optional(aboveZero, 1),
  power: v.optional(aboveZero, 2 / 3),
  minDecay: v.optional(share, 0),
});

/** The entries of {@link EmaDecayOptions} for a schema. */
export const decayEntries: {
  readonly decay: v.OptionalSchema<v.GenericSchema<number>, undefined>;
  readonly warmup: v.OptionalSchema<v.GenericSchema<boolean | DecayWarmup>, true>;
} = {
  decay: v.optional(share, undefined),
  warmup: v.optional(
    v.lazy((value) =>
      typeof value === 'object' && value !== null
        ? warmupSchema
        : v.boolean('must be true, false, or { gamma, power, minDecay }'),
    ) as v.GenericSchema<boolean | DecayWarmup>,
    true,
  ),
};

const schema = v.strictObject(decayEntries);
const ageSchema = v.object({ age: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/**
 * The decay of an exponential moving average: `min(decay, 1 - (1 + age / gamma)^-power)`, and at least `minDecay`.
 *
 * At age 0 the decay is 0, so the average is a copy of the weights. Without a warm-up it is `decay` from age 1 on.
 *
 * @param age - the number of updates since the average began
 * @returns the share of the old average, in [0, 1]
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * emaDecay(7, { decay: 0.999 }); // 0.75
 * emaDecay(7, { decay: 0.999, warmup: false }); // 0.999
 * ```
 * @see timm's `ModelEmaV3.get_decay`, https://github.com/huggingface/pytorch-image-models
 */
export function emaDecay(age: number, options: EmaDecayOptions = {}): number {
  parseOptions('emaDecay', ageSchema, { age });
  const { decay = 0.9999, warmup } = parseOptions('emaDecay', schema, options);
  return decayOf(age, decay, warmup);
}

/** {@link emaDecay} of options that are checked already. */
export function decayOf(age: number, decay: number, warmup: boolean | DecayWarmup): number {
  if (age === 0) return 0;
  if (warmup === false) return decay;
  const { gamma = 1, power = 2 / 3, minDecay = 0 } = warmup === true ? {} : warmup;
  return Math.max(Math.min(1 - (1 + age / gamma) ** -power, decay), minDecay);
}
