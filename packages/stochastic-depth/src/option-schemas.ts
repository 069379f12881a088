import * as v from 'valibot';

/** What is dropped together: each example by itself, or all examples. */
export type DropMode = 'row' | 'batch';

/** How the rates of blocks grow with depth. */
export type RateDecay = 'linear' | 'from-zero' | 'constant';

export const rateSchema: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.check((rate) => rate >= 0 && rate <= 1, 'must be a number in [0, 1]'),
);

export const modeSchema: v.GenericSchema<DropMode | undefined, DropMode> = v.optional(
  v.picklist(['row', 'batch']),
  'row',
);

export const decaySchema: v.GenericSchema<RateDecay | undefined, RateDecay> = v.optional(
  v.picklist(['linear', 'from-zero', 'constant']),
  'linear',
);
