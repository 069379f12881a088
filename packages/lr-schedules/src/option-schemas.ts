import * as v from 'valibot';

/** A learning rate: finite and at least 0. */
export const rateSchema: v.SchemaWithPipe<
  readonly [
    v.NumberSchema<undefined>,
    v.FiniteAction<number, undefined>,
    v.MinValueAction<number, 0, undefined>,
  ]
> = v.pipe(v.number(), v.finite(), v.minValue(0));

/** A factor or exponent: finite and above 0. */
export const positiveSchema: v.SchemaWithPipe<
  readonly [
    v.NumberSchema<undefined>,
    v.FiniteAction<number, undefined>,
    v.GtValueAction<number, 0, undefined>,
  ]
> = v.pipe(v.number(), v.finite(), v.gtValue(0));
