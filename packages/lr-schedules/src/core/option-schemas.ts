import { schemaOf } from '@cantrip/errors';
import * as v from 'valibot';
import { type Length, lengthCheck } from '@cantrip/plugin-kit';
import { positiveCheck, rateCheck, scheduleCheck } from './option-checks.ts';
import type { Schedule } from './schedule.ts';

/** A learning rate: finite and at least 0. */
export const rateSchema: v.GenericSchema<number> = schemaOf(rateCheck);

/** A factor or exponent: finite and above 0. */
export const positiveSchema: v.GenericSchema<number> = schemaOf(positiveCheck);

/** A {@link Length}. */
export const lengthSchema: v.GenericSchema<Length> = schemaOf(lengthCheck);

/** The output formats of a plot. */
export const formatSchema: v.PicklistSchema<readonly ['svg', 'sparkline'], undefined> = v.picklist([
  'svg',
  'sparkline',
]);

/** Pixels, characters or steps: a whole number of at least 1. */
export const wholeSchema: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** A count: a whole number of at least 0. */
export const countSchema: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A schedule: any function. */
export const scheduleSchema: v.GenericSchema<Schedule> = schemaOf(scheduleCheck);
