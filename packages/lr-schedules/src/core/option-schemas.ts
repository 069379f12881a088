import * as v from 'valibot';
import type { Schedule } from './schedule.ts';

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

/** What can be drawn. */
export const formatSchema: v.PicklistSchema<readonly ['svg', 'sparkline'], undefined> = v.picklist([
  'svg',
  'sparkline',
]);

/** Pixels, characters or steps: a whole number of at least 1. */
export const wholeSchema: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** How many: a whole number of at least 0. */
export const countSchema: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A schedule: any function. */
export const scheduleSchema: v.GenericSchema<Schedule> = v.custom<Schedule>(
  (value) => typeof value === 'function',
  'must be a schedule',
);
