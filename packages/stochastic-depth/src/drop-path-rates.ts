import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { decaySchema, type RateDecay, rateSchema } from './option-schemas.ts';

export interface DropPathRatesOptions {
  /** The number of residual blocks, from 1 to 10,000. */
  readonly blocks: number;
  /** The rate of the last block, in [0, 1]. */
  readonly rate: number;
  /**
   * How the rate grows with depth, for block l of L. `linear` (the default): `rate * l / L`, as in the paper.
   * `from-zero`: `rate * (l - 1) / (L - 1)`, as in timm. `constant`: `rate` for each.
   */
  readonly decay?: RateDecay | undefined;
}

const schema = v.strictObject({
  blocks: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(10_000)),
  rate: rateSchema,
  decay: decaySchema,
});

/**
 * The rates of the residual blocks of a network, from the first block to the last.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * dropPathRates({ blocks: 4, rate: 0.2 }); // [0.05, 0.1, 0.15, 0.2]
 * ```
 * @see Huang et al., "Deep networks with stochastic depth", ECCV 2016, equation 4
 */
export function dropPathRates(options: DropPathRatesOptions): readonly number[] {
  const { blocks, rate, decay } = parseOptions('dropPathRates', schema, options);
  return Array.from({ length: blocks }, (_, index) => {
    if (decay === 'constant') return rate;
    if (decay === 'linear') return (rate * (index + 1)) / blocks;
    return blocks === 1 ? 0 : (rate * index) / (blocks - 1);
  });
}
